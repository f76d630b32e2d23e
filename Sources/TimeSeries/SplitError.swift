/// Why windows cannot be split as asked.
public enum SplitError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The share to hold out is not from 0 to below 1 (groups: above 0).
    case fraction(Double)
    /// Holding out this share leaves no window to train on.
    case nothingLeft(windows: Int, fraction: Double)
    /// Holding out this share of so many windows holds out none.
    case nothingHeldOut(windows: Int, fraction: Double)
    /// The windows have no groups.
    case noGroups
    /// There are too few groups to hold one out and keep one.
    case tooFewGroups(Int)

    /// What cannot be done and what to give instead.
    public var description: String {
        switch self {
        case .fraction(let fraction):
            "cannot hold out a fraction of \(fraction) for validation: give a number from 0 to below 1, such as 0.25 (above 0 to hold "
                + "out groups)"
        case .nothingLeft(let windows, let fraction):
            "holding out a fraction of \(fraction) leaves none of \(windows) windows to train on: give more data or a smaller fraction"
        case .nothingHeldOut(let windows, let fraction):
            "a fraction of \(fraction) of \(windows) windows holds out none: use a larger share"
        case .noGroups:
            "cannot hold out groups: nobody said which group each window belongs to; hold out a share of each class instead"
        case .tooFewGroups(let count):
            "cannot hold out groups: at least two are needed, one to hold out and one to train on; there are \(count)"
        }
    }
}
