import ArgumentParser

/// A length of time as people write it: "90", "90s", "30m", "2h", "1.5h"; in seconds.
struct TimeLimit: ExpressibleByArgument, Equatable {
    let seconds: Double

    init?(argument: String) {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
        let unit = argument.last.flatMap { units[$0] }
        guard let value = Double(unit == nil ? argument : String(argument.dropLast())), value > 0, value.isFinite else {
            return nil
        }
        seconds = value * (unit ?? 1)
    }
}
