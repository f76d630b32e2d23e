/// What the study reports of a model: Trieu, Javadi, Basilakis, Toosi, its table of training times and accuracies.
struct StudyResult {
    /// The model's name here.
    let model: String
    /// Seconds of training on an x86 laptop.
    let x86Seconds: Double
    /// Seconds of training on a Raspberry Pi 4.
    let armSeconds: Double
    /// The ratio of the two, as the study rounds it.
    let ratio: Double
    /// The accuracy, of a validation split.
    let accuracy: Double

    /// The machines' names in tables.
    static let x86Name = "study: laptop (x86)"
    static let armName = "study: Raspberry Pi 4"

    static let all = [
        StudyResult(model: "cnn", x86Seconds: 435, armSeconds: 6780, ratio: 15.58, accuracy: 0.99),
        StudyResult(model: "lstm", x86Seconds: 163, armSeconds: 1203, ratio: 7.38, accuracy: 0.90),
    ]
}
