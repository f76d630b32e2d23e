/// The shift and scale that give the training windows mean 0 and standard deviation 1.
///
/// Statistics come from the training windows only and travel with the weights, so that validation, test and live windows are
/// treated alike: x' = (x - mean) / std.
public struct Standardization: Equatable, Sendable {
    /// Over what the statistics are taken.
    public enum Kind: String, CaseIterable, Sendable {
        /// One mean and deviation for each channel at each step, [128, 9], as in the study.
        case channelAndStep = "channel-step"
        /// One mean and deviation for each channel, [9].
        case channel
        /// The windows stay as they are.
        case none

        /// The shape of `mean` and `std`; empty for `.none`.
        public var shape: [Int] {
            switch self {
            case .channelAndStep: [UCIHAR.windowLength, UCIHAR.channelCount]
            case .channel: [UCIHAR.channelCount]
            case .none: []
            }
        }

        fileprivate var size: Int { self == .none ? 0 : shape.reduce(1, *) }
    }

    public let kind: Kind
    /// What is subtracted, in the channels' units; [128, 9], [9] or empty.
    public let mean: [Float]
    /// What is divided by, above 0, in the channels' units; shaped as `mean`.
    public let std: [Float]

    /// The standardization that changes nothing.
    public static let none = Standardization(kind: .none, mean: [], std: [])

    /// Takes the statistics of some windows: mean and population standard deviation (ddof 0, as numpy).
    ///
    /// Sums run in Double, window after window, so the result does not depend on the machine. Where a value never changes, the
    /// deviation is 1, and the value becomes 0.
    ///
    /// - Parameters:
    ///   - recordings: the windows.
    ///   - indices: which of them to use: those trained on.
    ///   - kind: over what to take the statistics.
    /// - Throws: `StandardizationError` if `indices` is empty (except for `.none`).
    /// - Precondition: indices lie in 0..<recordings.count.
    public init(of recordings: Recordings, indices: [Int], kind: Kind) throws(StandardizationError) {
        guard kind != .none else {
            self = .none
            return
        }
        guard !indices.isEmpty else { throw .noWindows }
        let size = kind.size
        let windows = recordings.windows.span
        let terms = Double(indices.count * (UCIHAR.windowSize / size))

        var sums = [Double](repeating: 0, count: size)
        Standardization.forEachWindow(indices, in: windows) { window in
            for value in 0..<window.count { sums[value % size] += Double(window[value]) }
        }
        let means = sums.map { $0 / terms }

        var squares = [Double](repeating: 0, count: size)
        Standardization.forEachWindow(indices, in: windows) { window in
            for value in 0..<window.count {
                let deviation = Double(window[value]) - means[value % size]
                squares[value % size] += deviation * deviation
            }
        }
        self.kind = kind
        mean = means.map { Float($0) }
        std = squares.map { sum in
            let deviation = Float((sum / terms).squareRoot())
            return deviation > 0 ? deviation : 1
        }
    }

    /// Takes statistics that were stored, and finds their kind by their number.
    ///
    /// - Parameters:
    ///   - mean: [128, 9] or [9] row-major, or empty for none.
    ///   - std: the same number of deviations.
    /// - Throws: `StandardizationError` if the numbers do not fit, a mean is not finite, or a deviation is not finite and above 0.
    public init(mean: [Float], std: [Float]) throws(StandardizationError) {
        guard mean.count == std.count, let kind = Kind.allCases.first(where: { $0.size == mean.count }) else {
            throw .size(mean: mean.count, std: std.count)
        }
        for index in mean.indices {
            guard mean[index].isFinite else { throw .value(name: "mean", index: index, value: mean[index]) }
            guard std[index].isFinite, std[index] > 0 else { throw .value(name: "std", index: index, value: std[index]) }
        }
        self.init(kind: kind, mean: mean, std: std)
    }

    private init(kind: Kind, mean: [Float], std: [Float]) {
        self.kind = kind
        self.mean = mean
        self.std = std
    }

    /// Standardizes windows in place.
    ///
    /// - Parameter windows: [count, 128, 9] row-major.
    /// - Precondition: a whole number of windows.
    public func apply(to windows: inout [Float]) {
        var span = windows.mutableSpan
        apply(to: &span)
    }

    /// Standardizes windows in place.
    ///
    /// - Parameter windows: [count, 128, 9] row-major.
    /// - Precondition: a whole number of windows.
    public func apply(to windows: inout MutableSpan<Float>) {
        precondition(
            windows.count.isMultiple(of: UCIHAR.windowSize),
            "\(windows.count) values are no whole number of windows of \(UCIHAR.windowSize)")
        guard kind != .none else { return }
        let size = mean.count
        let means = mean.span
        let deviations = std.span
        for start in stride(from: 0, to: windows.count, by: size) {
            for index in 0..<size {
                windows[start + index] = (windows[start + index] - means[index]) / deviations[index]
            }
        }
    }

    private static func forEachWindow(_ indices: [Int], in windows: Span<Float>, _ body: (Span<Float>) -> Void) {
        for index in indices {
            body(windows.extracting(index * UCIHAR.windowSize..<(index + 1) * UCIHAR.windowSize))
        }
    }
}

/// Why windows cannot be standardized as asked.
public enum StandardizationError: Error, Equatable, Sendable, CustomStringConvertible {
    /// There are no windows to take statistics of.
    case noWindows
    /// The stored means and deviations are neither [128, 9] nor [9] nor empty, or not equally many.
    case size(mean: Int, std: Int)
    /// A stored mean is not finite, or a deviation is not finite and above 0.
    case value(name: String, index: Int, value: Float)

    public var description: String {
        switch self {
        case .noWindows:
            "no windows to take the mean and standard deviation of: hold out fewer windows"
        case .size(let mean, let std):
            "standardize: \(mean) means and \(std) deviations; expected \(UCIHAR.windowSize) of each ([128, 9]), "
                + "\(UCIHAR.channelCount) ([9]) or none: use a checkpoint of this program"
        case .value(let name, let index, let value):
            "standardize.\(name)[\(index)] is \(value); expected a finite number\(name == "std" ? " above 0" : ""): the file is damaged"
        }
    }
}
