import Kernels
import Memory

/// The shift and scale that give the training windows mean 0 and standard deviation 1: x' = (x - mean) / std.
///
/// Statistics come from the training windows only and travel with the weights, so that validation, test and live windows are
/// treated alike.
public struct Standardization: Equatable, Sendable {
    /// Over what the statistics are taken.
    public enum Kind: String, CaseIterable, Sendable {
        /// One mean and deviation for each channel at each step, [steps, channels], as in the study.
        case channelAndStep = "channel-step"
        /// One mean and deviation for each channel, [channels].
        case channel
        /// The windows stay as they are.
        case none

        /// The shape of mean and deviation for windows of a shape [steps, channels].
        public func shape(window: Shape) -> Shape {
            switch self {
            case .channelAndStep: window
            case .channel: [window[1]]
            case .none: [0]
            }
        }
    }

    /// Over what mean and deviation are taken.
    public let kind: Kind
    /// What is subtracted, in the channels' units: [steps, channels], [channels] or empty.
    public let mean: [Float]
    /// What is divided by, above 0, in the channels' units; shaped as `mean`.
    public let std: [Float]
    /// 1 / std.
    private let inverse: [Float]

    /// The standardization that changes nothing.
    public static let none = Standardization(kind: .none, mean: [], std: [])

    /// Takes the statistics of some windows: mean and population standard deviation (ddof 0, as numpy), summed in Double.
    ///
    /// Where a value never changes, or by less than 1e-30, the deviation is 1, and the value becomes 0.
    /// - Parameter windows: Those trained on.
    /// - Throws: `StandardizationError` if there are no windows to take statistics of.
    public init(of windows: WindowSet, kind: Kind) throws(StandardizationError) {
        guard kind != .none else {
            self = .none
            return
        }
        guard windows.count > 0 else { throw .noWindows }
        let shape = windows.format.shape
        let size = kind.shape(window: shape).count
        let terms = Double(windows.count * (shape.count / size))
        func sums(_ term: (Double, Int) -> Double) -> [Double] {
            var sums = [Double](repeating: 0, count: size)
            for index in 0..<windows.count {
                let window = windows.window(index)
                for value in window.indices {
                    let place = value % size
                    sums[place] += term(Double(window[value]), place)
                }
            }
            return sums
        }
        let means = sums { value, _ in value }.map { $0 / terms }
        let squares = sums { value, place in (value - means[place]) * (value - means[place]) }
        self.init(
            kind: kind, mean: means.map { Float($0) },
            std: squares.map { sum in
                let deviation = Float((sum / terms).squareRoot())
                return Standardization.isUsable(deviation) ? deviation : 1
            })
    }

    /// A stored tensor: its shape, and its values row by row.
    package typealias Stored = (shape: [Int], values: [Float])

    /// Takes statistics that stand in a file, whose shapes say what kind they are of.
    /// - Throws: `StandardizationError` where a shape is that of no kind or the two differ, and as `init(mean:std:window:kind:)`.
    package init(mean: Stored, std: Stored, window: Shape) throws(StandardizationError) {
        for (name, shape) in [("mean", mean.shape), ("std", std.shape)] {
            guard Kind.allCases.contains(where: { $0.shape(window: window).dimensions == shape }) else {
                throw .shape(name: name, found: shape, window: window)
            }
        }
        let kind = Kind.allCases.first { $0.shape(window: window).dimensions == mean.shape }
        guard mean.shape == std.shape else { throw .shapes(mean: mean.shape, std: std.shape) }
        try self.init(mean: mean.values, std: std.values, window: window, kind: kind)
    }

    /// Takes statistics that were stored.
    /// - Parameter kind: Their kind, where it is known; nil: the first that has as many numbers.
    /// - Throws: `StandardizationError` if the numbers do not fit, a mean is not finite, or a deviation is not finite and at least 1e-30.
    public init(mean: [Float], std: [Float], window: Shape, kind known: Kind? = nil) throws(StandardizationError) {
        let fitting = Kind.allCases.filter { $0.shape(window: window).count == mean.count }
        guard mean.count == std.count, let kind = fitting.first(where: { $0 == known }) ?? fitting.first
        else { throw .size(mean: mean.count, std: std.count, window: window) }
        for index in mean.indices {
            guard mean[index].isFinite else { throw .value(name: "mean", index: index, value: mean[index]) }
            guard Standardization.isUsable(std[index]) else { throw .value(name: "std", index: index, value: std[index]) }
        }
        self.init(kind: kind, mean: mean, std: std)
    }

    /// The least deviation that is one: readings that are divided by less leave float32's range, if not here then in the first layer.
    static let leastDeviation: Float = 1e-30

    private static func isUsable(_ std: Float) -> Bool { std.isFinite && std >= leastDeviation }

    private init(kind: Kind, mean: [Float], std: [Float]) {
        self.kind = kind
        self.mean = mean
        self.std = std
        inverse = std.map { 1 / $0 }
    }

    /// Standardizes windows in place: [count, steps, channels].
    /// - Precondition: a whole number of windows.
    @_lifetime(windows: copy windows)
    public func apply(to windows: inout MutableSpan<Float>) {
        guard kind != .none else { return }
        standardize(&windows, mean: mean.span, inverse: inverse.span)
    }
}
