/// Numbers as people read them; no locale, no Foundation.
public enum NumberText {
    /// A number with a fixed count of decimals: 0.9918.
    public static func fixed(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite else { return "\(value)" }
        var power = 1.0
        for _ in 0..<decimals { power *= 10 }
        let scaled = (value.magnitude * power).rounded()
        guard scaled < 1e15 else { return "\(value)" }
        let digits = String(Int(scaled))
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        let sign = value < 0 && scaled > 0 ? "-" : ""
        return sign + padded.dropLast(decimals) + (decimals > 0 ? "." + padded.suffix(decimals) : "")
    }

    /// A number with three significant digits: 0.000989, 3.61e-13.
    public static func significant(_ value: Double) -> String {
        guard value.isFinite, value != 0 else { return "\(value)" }
        var (scale, exponent) = (value.magnitude, 0)
        while scale >= 10 { (scale, exponent) = (scale / 10, exponent + 1) }
        while scale < 1 { (scale, exponent) = (scale * 10, exponent - 1) }
        guard exponent >= -5, exponent < 6 else {
            return (value < 0 ? "-" : "") + fixed(scale, 2) + "e\(exponent)"
        }
        let text = fixed(value, max(0, 2 - exponent))
        guard text.contains(".") else { return text }
        let trimmed = String(text.reversed().drop { $0 == "0" }.reversed())
        return trimmed.hasSuffix(".") ? String(trimmed.dropLast()) : trimmed
    }

    /// A share in per cent: 99.2 %.
    public static func percent(_ share: Double) -> String { fixed(share * 100, 1) + " %" }

    /// A whole number with its thousands apart: 34,728.
    public static func grouped(_ value: Int) -> String {
        let digits = String(value.magnitude)
        var result = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { result.append(",") }
            result.append(digit)
        }
        return (value < 0 ? "-" : "") + result
    }

    /// How many there are of something: 1 epoch, 2 epochs.
    public static func count(_ value: Int, _ noun: String) -> String { "\(value) \(noun)\(value == 1 ? "" : "s")" }

    /// Bytes in MiB or GiB: 12.3 MiB.
    public static func bytes(_ count: Int) -> String {
        let mebibytes = Double(count) / 1_048_576
        return mebibytes < 1024 ? fixed(mebibytes, 1) + " MiB" : fixed(mebibytes / 1024, 1) + " GiB"
    }

    /// Seconds as a clock shows them: 04:32, 1:02:03.
    public static func clock(_ seconds: Double) -> String {
        let whole = seconds.isFinite ? Int(min(max(0, seconds), 3.6e8).rounded()) : 0
        func two(_ value: Int) -> String { (value < 10 ? "0" : "") + String(value) }
        let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(rest))" : "\(two(minutes)):\(two(rest))"
    }

    /// A short time with three digits and a unit that suits it: 850 ns, 10.6 us, 3.30 ms, 1.25 s.
    public static func duration(_ seconds: Double) -> String {
        for (unit, scale) in [("ns", 1e9), ("us", 1e6), ("ms", 1e3)] where seconds * scale < 999.5 {
            let value = seconds * scale
            return fixed(value, unit == "ns" || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2) + " " + unit
        }
        return self.seconds(seconds)
    }

    /// Seconds with a unit that suits them: 0.35 s, 29 s, 7 min 12 s.
    public static func seconds(_ seconds: Double) -> String {
        if seconds < 10 { return fixed(seconds, 2) + " s" }
        if seconds < 120 { return fixed(seconds, 0) + " s" }
        let whole = Int(min(seconds, 3.6e8).rounded())
        return whole < 7200 ? "\(whole / 60) min \(whole % 60) s" : "\(whole / 3600) h \(whole / 60 % 60) min"
    }

    /// About so many seconds, for a time that nobody knows exactly: 8 s, 3 min, 1 h 20 min.
    public static func about(_ seconds: Double) -> String {
        let whole = Int(min(max(1, seconds), 3.6e8).rounded(.up))
        if whole < 100 { return "\(whole) s" }
        let minutes = (whole + 30) / 60
        return minutes < 60 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
    }
}
