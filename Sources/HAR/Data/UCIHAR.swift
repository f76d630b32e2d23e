import TimeSeries

/// The constants of UCI HAR v1: activities, channels, window and volunteers.
///
/// Source: D. Anguita, A. Ghio, L. Oneto, X. Parra, J. L. Reyes-Ortiz, "A Public Domain Dataset for Human Activity
/// Recognition Using Smartphones", ESANN 2013.
public enum UCIHAR {
    /// The six activities in the order of their labels: 1...6 in the files, 0...5 in the program.
    public static let activities = [
        "WALKING", "WALKING_UPSTAIRS", "WALKING_DOWNSTAIRS", "SITTING", "STANDING", "LAYING",
    ]

    /// The nine channels in the order in which a window stores them; also the stems of the signal files' names.
    public static let channels = [
        "body_acc_x", "body_acc_y", "body_acc_z",
        "body_gyro_x", "body_gyro_y", "body_gyro_z",
        "total_acc_x", "total_acc_y", "total_acc_z",
    ]

    /// The unit of each channel: g (standard gravity) for acceleration, rad/s for the gyroscope.
    public static let units = ["g", "g", "g", "rad/s", "rad/s", "rad/s", "g", "g", "g"]

    /// The SHA-256 of all its windows, labels and volunteers (`Dataset.hash`).
    public static let hash = "c0733049d206a6bc3718ade8a0a4171a4c39bf2df08ac07bc16162b5e734d992"

    /// Readings in a window: 2.56 s.
    public static let windowLength = 128

    /// Readings in a second.
    public static let sampleRate = 50.0

    /// What a window holds: 128 readings of nine channels.
    public static let format = WindowFormat(
        steps: windowLength, channels: channels, classes: activities, units: units, rate: sampleRate)

    /// Readings from the start of a window to the start of the next: windows overlap by half.
    public static let windowHop = 64

    /// The 21 volunteers whose windows are for training.
    public static let trainVolunteers: [Int32] = [
        1, 3, 5, 6, 7, 8, 11, 14, 15, 16, 17, 19, 21, 22, 23, 25, 26, 27, 28, 29, 30,
    ]

    /// The nine volunteers whose windows are for the test, never trained on.
    public static let testVolunteers: [Int32] = [2, 4, 9, 10, 12, 13, 18, 20, 24]
}
