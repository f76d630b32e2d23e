import Layers

/// How the windows of a data set are divided and standardised for training.
public struct DataOptions: Equatable, Sendable {
    /// Which training windows are held out for validation.
    public enum SplitKind: String, CaseIterable, Sendable {
        /// A share of each activity's windows, as in the study.
        case stratified
        /// All windows of some volunteers.
        case volunteers
    }

    public var split = SplitKind.stratified
    /// The share of the training windows that is held out, above 0 and below 1.
    public var validationFraction = 0.25
    public var standardization = Standardization.Kind.channelAndStep

    public init() {}
}
