import Glibc
import Platform

/// How the numbers of an axis and of its table are written.
public enum NumberFormat: Sendable, Equatable {
    case number
    /// Shares of 1 in per cent.
    case percent

    /// A value by itself, with three significant digits.
    func text(_ value: Double) -> String {
        switch self {
        case .number:
            value.magnitude >= 100 && value.magnitude < 1e6
                ? NumberText.grouped(Int(value.rounded())) : NumberText.significant(value)
        case .percent: NumberText.percent(value)
        }
    }

    /// Multiples of a power of ten on an axis, all with the same decimals.
    func labels(_ values: [Double], powerOfTen: Int) -> [String] {
        switch self {
        case .number: return NumberFormat.labels(values, powerOfTen)
        case .percent: return NumberFormat.labels(values.map { $0 * 100 }, powerOfTen + 2).map { $0 + " %" }
        }
    }

    private static func labels(_ values: [Double], _ powerOfTen: Int) -> [String] {
        let largest = values.map(\.magnitude).max() ?? 0
        guard largest >= 1e7 || powerOfTen < -4 else {
            return values.map { value in
                let fixed = NumberText.fixed(value.magnitude, max(0, -powerOfTen)).split(separator: ".")
                let whole = NumberText.grouped(Int(fixed[0]) ?? 0)
                let text = fixed.count > 1 ? "\(whole).\(fixed[1])" : whole
                return value < 0 ? "−" + text : text
            }
        }
        let exponent = largest > 0 ? Int(log10(largest).rounded(.down)) : 0
        return values.map { value in
            guard value != 0 else { return "0" }
            let mantissa = NumberText.fixed(value.magnitude / Scale.power(exponent), max(0, exponent - powerOfTen))
            return (value < 0 ? "−" : "") + "\(mantissa)e\(exponent)"
        }
    }
}
