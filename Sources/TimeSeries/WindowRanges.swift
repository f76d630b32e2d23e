import Platform

/// Between which values the statistics of a model's training windows lie, channel by channel: what tells windows apart that the model
/// was not made for, such as those in other units, in another order of channels or already standardised.
///
/// Of a window x [steps, channels] and each channel c four statistics are taken:
///
/// - reading: each x_tc
/// - mean: m_c = sum_t x_tc / steps
/// - step: d_c = sum_t |x_tc - x_(t-1)c| / (steps - 1), the mean absolute difference from step to step
/// - share: d_c / sum_k d_k, the channel's part in all changes; none where nothing changes
///
/// A window leaves the ranges by far where one of its readings or means lies outside them by more than a quarter of the width of the
/// channel's readings in training, or one of its steps or shares is below half of the least or above twice the largest in training.
/// Of the test windows of UCI HAR, also with sensors turned by 30 degrees about any axis, none goes further than nine tenths
/// of the quarter, or a factor of 1.5.
public struct WindowRanges: Equatable, Sendable {
    /// A number that describes a channel of a window.
    public enum Statistic: String, CaseIterable, Sendable {
        /// The readings themselves, in the channel's unit.
        case reading
        /// Their mean, in the channel's unit.
        case mean
        /// The mean absolute difference of a reading and the one before it, in the channel's unit.
        case step
        /// The channel's part in the sum of all channels' steps, 0 to 1.
        case share
    }

    /// A statistic that leaves its range by far.
    public struct Departure: Equatable, Sendable {
        /// The channel, an index of the format's channels.
        public let channel: Int
        /// The statistic.
        public let statistic: Statistic
        /// Its value in the window.
        public let value: Float
        /// Its least and largest value in training.
        public let range: ClosedRange<Float>

        /// What is wrong as a person reads it: "total_acc_x has a reading of 9.91 g, in training -0.31 to 1.2 g".
        /// - Parameter format: What the windows hold.
        public func text(_ format: WindowFormat) -> String {
            let unit = format.units.isEmpty || statistic == .share ? "" : " " + format.units[channel]
            func number(_ value: Float) -> String { NumberText.significant(Double(value)) }
            let words =
                switch statistic {
                case .reading: "has a reading of \(number(value))\(unit)"
                case .mean: "has a mean of \(number(value))\(unit)"
                case .step: "changes by \(number(value))\(unit) from step to step"
                case .share: "has a share of \(number(value)) in all changes from step to step"
                }
            return
                "\(format.channels[channel]) \(words), in training \(number(range.lowerBound)) to \(number(range.upperBound))\(unit)"
        }
    }

    /// Least and largest reading of each channel; [channels].
    public private(set) var reading: [ClosedRange<Float>]
    /// Least and largest mean of a window; [channels].
    public private(set) var mean: [ClosedRange<Float>]
    /// Least and largest mean step of a window; [channels].
    public private(set) var step: [ClosedRange<Float>]
    /// Least and largest share in the changes of a window; [channels]. 0 to 1 where nothing changes in any window.
    public private(set) var share: [ClosedRange<Float>]

    /// Takes the ranges of some windows.
    /// - Precondition: There is a window.
    public init(of windows: WindowSet) {
        precondition(windows.count > 0, "no windows have no ranges")
        let channels = windows.format.channels.count
        var ranges: [Statistic: [ClosedRange<Float>?]] = [:]
        for statistic in Statistic.allCases { ranges[statistic] = Array(repeating: nil, count: channels) }
        for index in 0..<windows.count {
            WindowStatistics(windows.window(index), channels: channels).forEach { statistic, channel, value in
                let known = ranges[statistic]?[channel] ?? value...value
                ranges[statistic]?[channel] = min(known.lowerBound, value)...max(known.upperBound, value)
            }
        }
        func all(_ statistic: Statistic) -> [ClosedRange<Float>] { (ranges[statistic] ?? []).map { $0 ?? 0...1 } }
        self.init(reading: all(.reading), mean: all(.mean), step: all(.step), share: all(.share))
    }

    /// - Precondition: All have the same number of channels.
    init(
        reading: [ClosedRange<Float>], mean: [ClosedRange<Float>], step: [ClosedRange<Float>], share: [ClosedRange<Float>]
    ) {
        precondition([mean, step, share].allSatisfy { $0.count == reading.count }, "ranges of different numbers of channels")
        self.reading = reading
        self.mean = mean
        self.step = step
        self.share = share
    }

    /// A range of each channel; [channels].
    public subscript(_ statistic: Statistic) -> [ClosedRange<Float>] {
        switch statistic {
        case .reading: reading
        case .mean: mean
        case .step: step
        case .share: share
        }
    }

    /// How a window leaves the ranges by far, or nil where it does not; of several ways the first in the order of the statistics, then
    /// of the channels.
    /// - Parameter window: Raw readings, [steps, channels].
    /// - Precondition: The window has the channels of the ranges.
    public func departure(of window: Span<Float>) -> Departure? {
        precondition(window.count.isMultiple(of: reading.count), "\(window.count) values of \(reading.count) channels")
        var found: Departure?
        WindowStatistics(window, channels: reading.count).forEach { statistic, channel, value in
            guard found.map({ rank(statistic) < rank($0.statistic) }) ?? true, !allowed(statistic, channel).contains(value)
            else { return }
            found = Departure(channel: channel, statistic: statistic, value: value, range: self[statistic][channel])
        }
        return found
    }

    private func rank(_ statistic: Statistic) -> Int {
        switch statistic {
        case .reading: 0
        case .mean: 1
        case .step: 2
        case .share: 3
        }
    }

    /// The values of a channel's statistic that are not far from those in training.
    private func allowed(_ statistic: Statistic, _ channel: Int) -> ClosedRange<Float> {
        let range = self[statistic][channel]
        switch statistic {
        case .reading, .mean:
            // In parts, so that the width of readings near the largest float is a number.
            let margin = reading[channel].upperBound / 4 - reading[channel].lowerBound / 4
            return range.lowerBound - margin...range.upperBound + margin
        case .step, .share: return range.lowerBound / 2...range.upperBound * 2
        }
    }
}
