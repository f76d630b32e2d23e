import Memory

/// What the windows of a set hold: how many steps, which channels in which units, at which rate, and which classes they are of.
///
/// It travels with the windows into a model's checkpoint, so that whoever predicts knows what to feed and what an answer means.
public struct WindowFormat: Equatable, Sendable {
    /// Readings of a window.
    public var steps: Int
    /// The names of the channels, in the order of a reading's values.
    public var channels: [String]
    /// The names of the classes, in the order of their labels, from 0.
    public var classes: [String]
    /// The unit of each channel ("g", "rad/s"); empty where nobody said.
    public var units: [String]
    /// Readings in a second, in hertz; nil where nobody said.
    public var rate: Double?

    /// A format of these parts.
    public init(steps: Int, channels: [String], classes: [String], units: [String] = [], rate: Double? = nil) {
        self.steps = steps
        self.channels = channels
        self.classes = classes
        self.units = units
        self.rate = rate
    }

    /// A format whose channels and classes have numbers for names, from 0.
    public init(steps: Int, channels: Int, classes: Int) {
        self.init(steps: steps, channels: (0..<channels).map(String.init), classes: (0..<classes).map(String.init))
    }

    /// The shape of a window: [steps, channels].
    public var shape: Shape { [steps, channels.count] }
}
