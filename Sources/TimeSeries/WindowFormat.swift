import Memory
import StrictJSON

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
    /// The unit of each channel ("g", "rad/s"); empty if unknown.
    public var units: [String]
    /// Readings in a second, in hertz; nil if unknown.
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

    /// Why no window can have this format and no file hold it, or nil.
    var problem: String? {
        guard (1...1 << 24).contains(steps), (1...1 << 16).contains(channels.count) else {
            return "a window of \(steps) steps and \(channels.count) channels: give 1 to 16777216 steps and 1 to 65536 channels"
        }
        guard units.isEmpty || units.count == channels.count else {
            return "\(units.count) units for \(channels.count) channels: give a unit for each channel, or none"
        }
        for (noun, names) in [("channel", channels), ("class", classes), ("unit", units)] {
            if let name = names.first(where: { $0.isEmpty || !JSON.isVisible($0) }) {
                return "the \(noun) '\(JSON.excerpt(of: name))': names must be texts without control characters, not empty"
            }
        }
        guard rate.map({ $0 > 0 && $0.isFinite }) ?? true else {
            return "a rate of \(rate ?? 0) Hz: it must be a number above 0, or nil"
        }
        return nil
    }

    /// The shape of a window: [steps, channels].
    public var shape: Shape { [steps, channels.count] }
}
