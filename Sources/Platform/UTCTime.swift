import Glibc

/// The time of day, as logs give it.
public enum UTCTime {
    /// Now in UTC: "2026-11-28T15:04:05.123Z" (RFC 3339).
    public static func now() -> String {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return text(seconds: time.tv_sec, milliseconds: time.tv_nsec / 1_000_000)
    }

    /// Now, in seconds since 1970.
    public static func seconds() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// A time since 1970 as text.
    static func text(seconds: Int, milliseconds: Int) -> String {
        var seconds = seconds
        var parts = unsafe tm()
        unsafe gmtime_r(&seconds, &parts)
        var text = ""
        text.reserveCapacity(24)
        /// - Parameter least: The least number that has all digits.
        func append(_ number: Int, least: Int, _ mark: String) {
            var bound = least
            while number < bound, bound > 1 {
                text += "0"
                bound /= 10
            }
            text += String(number)
            text += mark
        }
        unsafe append(Int(parts.tm_year) + 1900, least: 1000, "-")
        unsafe append(Int(parts.tm_mon) + 1, least: 10, "-")
        unsafe append(Int(parts.tm_mday), least: 10, "T")
        unsafe append(Int(parts.tm_hour), least: 10, ":")
        unsafe append(Int(parts.tm_min), least: 10, ":")
        unsafe append(Int(parts.tm_sec), least: 10, ".")
        append(milliseconds, least: 100, "Z")
        return text
    }
}
