import Glibc

/// Where values stand along an axis.
struct Scale: Equatable {
    let kind: Axis.Kind
    let format: NumberFormat
    /// The values at both ends.
    let domain: ClosedRange<Double>
    private let isWhole: Bool
    /// Whether the domain says nothing: there are neither values nor a range.
    private let isEmpty: Bool

    /// The scale of an axis for values from the least to the greatest of an extent; without any it has no ticks.
    /// - Parameters:
    ///   - ticks: About how many ticks are wanted.
    ///   - isRounded: Whether it begins and ends at a tick.
    init(_ axis: Axis, _ extent: ClosedRange<Double>?, ticks: Int, isRounded: Bool) {
        (kind, format, isWhole) = (axis.kind, axis.format, axis.isWhole)
        isEmpty = extent == nil && axis.range == nil
        if let range = axis.range {
            domain = range
            return
        }
        switch axis.kind {
        case .linear:
            var (low, high) = extent.map { ($0.lowerBound, $0.upperBound) } ?? (0, 1)
            if axis.includesZero { (low, high) = (min(low, 0), max(high, 0)) }
            if high - low <= max(low.magnitude, high.magnitude) * 1e-12 || high - low < 1e-290 {
                // One value alone stands in the middle, unless the axis begins with it.
                let around = axis.isWhole ? 1 : low == 0 ? 1 : max(low.magnitude * 0.05, 1e-290)
                (low, high) = (axis.includesZero && low == 0 ? 0 : low - around, high + around)
            }
            if isRounded {
                let step = Scale.step(high - low, ticks, isWhole: axis.isWhole)
                let size = Double(step.multiple) * Scale.power(step.power)
                low = min(low, Scale.multiple((low / size + Scale.slack).rounded(.down), step))
                high = max(high, Scale.multiple((high / size - Scale.slack).rounded(.up), step))
            }
            domain = low...high
        case .logarithmic:
            var (low, high) = extent.map { ($0.lowerBound, $0.upperBound) } ?? (1, 10)
            if high / low < 1.01 { (low, high) = (low / 2, high * 2) }
            if isRounded {
                low = Scale.logTicks(low / 10...low).last { $0 <= low } ?? low
                high = Scale.logTicks(high...high * 10).first { $0 >= high } ?? high
            }
            domain = low...high
        }
    }

    /// The share of the axis before a value: 0 at its start, 1 at its end.
    func share(_ value: Double) -> Double {
        switch kind {
        case .linear: (value - domain.lowerBound) / (domain.upperBound - domain.lowerBound)
        // The ratio of the smallest and the greatest number would be too great for one.
        case .logarithmic:
            (log10(value) - log10(domain.lowerBound)) / (log10(domain.upperBound) - log10(domain.lowerBound))
        }
    }

    /// Round values within the domain, ascending: about as many as wanted, and as many as the domain has where these are fewer.
    func ticks(_ count: Int) -> [Tick] {
        guard !isEmpty else { return [] }
        if kind == .logarithmic, let ticks = logarithmicTicks(count) { return ticks }
        let (low, high) = (domain.lowerBound, domain.upperBound)
        let step = Scale.step(high - low, count, isWhole: isWhole)
        let size = Double(step.multiple) * Scale.power(step.power)
        let (first, last) = ((low / size - Scale.slack).rounded(.up), (high / size + Scale.slack).rounded(.down))
        guard first <= last else { return [] }
        let values = (0...Int(last - first)).map { Scale.multiple(first + Double($0), step) }.filter(domain.contains)
        return zip(values, format.labels(values, powerOfTen: step.power)).map(Tick.init)
    }

    /// 1, 2 and 5 times powers of ten, or fewer of them where these are many; nil where the domain is too short for them.
    private func logarithmicTicks(_ count: Int) -> [Tick]? {
        var values = Scale.logTicks(domain)
        guard values.count > 1 else { return nil }
        if values.count > count { values = Scale.logTicks(domain, [1, 5]) }
        if values.count > count {
            let powers = Scale.powers(domain)
            // Of the powers of ten those are kept that stand at equal distances and among which 1 is, where it is on the axis.
            let stride = max(1, (powers.count + count - 1) / max(1, count))
            let kept = powers.filter { $0.isMultiple(of: stride) }
            if !kept.isEmpty { values = kept.map(Scale.power) }
        }
        return values.map { value in
            let power = Int(log10(value * 1.001).rounded(.down))
            return Tick(value: value, label: format.labels([value], powerOfTen: power)[0])
        }
    }

    private static func powers(_ domain: ClosedRange<Double>) -> [Int] {
        let (low, high) = (Int(log10(domain.lowerBound).rounded(.down)), Int(log10(domain.upperBound).rounded(.up)))
        return (low...high).filter { domain.contains(power($0)) }
    }

    private static func logTicks(_ domain: ClosedRange<Double>, _ multiples: [Double] = [1, 2, 5]) -> [Double] {
        let (low, high) = (Int(log10(domain.lowerBound).rounded(.down)), Int(log10(domain.upperBound).rounded(.up)))
        return (low...high).flatMap { exponent in multiples.map { multiple($0, (1, exponent)) } }.filter(domain.contains)
    }

    /// 1, 2 or 5 times a power of ten, so that a span has about as many of them as wanted.
    private static func step(_ span: Double, _ count: Int, isWhole: Bool) -> (multiple: Int, power: Int) {
        let rough = span / Double(max(1, count))
        guard rough > 1 || !isWhole else { return (1, 0) }
        let exponent = Int(log10(rough).rounded(.down))
        let mantissa = rough / power(exponent)
        return mantissa <= 1.0001
            ? (1, exponent) : mantissa <= 2 ? (2, exponent) : mantissa <= 5 ? (5, exponent) : (1, exponent + 1)
    }

    /// What a quotient may be off: 0.3 / 0.05 is less than 6.
    private static let slack = 1e-9

    /// So many steps, rounded once: 0.3, not 0.30000000000000004.
    private static func multiple(_ count: Double, _ step: (multiple: Int, power: Int)) -> Double {
        let whole = count * Double(step.multiple)
        return step.power < 0 ? whole / power(-step.power) : whole * power(step.power)
    }

    /// A power of ten; those below 1 are rounded as in `multiple`, so that both are the same numbers.
    static func power(_ exponent: Int) -> Double {
        exponent < 0 ? 1 / pow(10, Double(-exponent)) : pow(10, Double(exponent))
    }
}
