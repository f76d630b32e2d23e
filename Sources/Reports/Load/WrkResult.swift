import Platform

/// What wrk prints of a load: requests a second and the distribution of their latency.
struct WrkResult: Equatable {
    let file: String
    let connections: Int
    let seconds: Double
    let requests: Int
    let requestsPerSecond: Double
    /// The shares that wrk gives, 0 to 1, with the latency in milliseconds that they do not exceed.
    let latencies: [Latency]
    /// Answers with a status that is no success, and errors of sockets.
    let failures: Int

    struct Latency: Equatable {
        let share: Double
        let milliseconds: Double
    }

    /// Whether a text begins as what wrk prints.
    static func isResult(_ text: some StringProtocol) -> Bool { text.hasPrefix("Running ") && text.contains(" test @ ") }

    /// Reads what wrk has printed.
    /// - Throws: A `ReportError` that names the file and the line.
    init(file: String, _ text: String) throws(ReportError) {
        self.file = file
        var (connections, requests, seconds, rate): (Int?, Int?, Double?, Double?)
        var latencies: [Latency] = []
        var failures = 0
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let words = line.split(separator: " ")
            func bad(_ what: String) -> ReportError {
                ReportError(file, line: index + 1, "\(what) is no number that wrk prints: '\(line.prefix(60))'")
            }
            if index > 0, WrkResult.isResult(line) {
                throw ReportError(file, line: index + 1, "a second result begins: give each a file of its own")
            } else if words.count == 5, words[1] == "threads", words[4] == "connections" {
                guard let count = WrkResult.count(words[3]), count > 0 else { throw bad("the number of connections") }
                connections = count
            } else if words.count == 2, words[0].hasSuffix("%") {
                guard let share = WrkResult.number(words[0].dropLast()), share > 0, share <= 100 else { throw bad("the share") }
                guard let time = WrkResult.seconds(words[1]) else { throw bad("the latency") }
                latencies.append(Latency(share: share / 100, milliseconds: time * 1000))
            } else if words.count >= 4, words[1] == "requests", words[2] == "in" {
                guard let count = WrkResult.count(words[0]), let time = WrkResult.seconds(words[3].dropLast()) else {
                    throw bad("the count")
                }
                (requests, seconds) = (count, time)
            } else if words.first == "Requests/sec:" {
                guard words.count == 2, let value = WrkResult.number(words[1]) else { throw bad("the rate") }
                rate = value
            } else if words.first == "Non-2xx" {
                guard let count = words.last.flatMap({ WrkResult.count($0) }) else { throw bad("the count") }
                failures += count
            } else if line.contains("Socket errors:") {
                for word in line.split(whereSeparator: { !$0.isNumber }) {
                    guard let count = WrkResult.count(word) else { throw bad("the count") }
                    failures += count
                }
            }
        }
        guard let connections, let requests, let seconds, let rate else {
            throw ReportError(file, "the end is missing: wrk did not end, or its output was cut off")
        }
        guard !latencies.isEmpty else { throw ReportError(file, "there is no latency distribution: run wrk with --latency") }
        self.connections = connections
        self.requests = requests
        self.seconds = seconds
        requestsPerSecond = rate
        self.latencies = latencies
        self.failures = failures
    }

    /// A time as wrk prints it: 251.00us, 1.05ms, 1.20s, 2.00m.
    private static func seconds(_ word: Substring) -> Double? {
        for (unit, factor) in [("us", 1e-6), ("ms", 1e-3), ("s", 1.0), ("m", 60.0), ("h", 3600.0)] where word.hasSuffix(unit) {
            return number(word.dropLast(unit.count)).map { $0 * factor }
        }
        return nil
    }

    /// More than any load: what is above is no number of wrk's, and would fit no whole one.
    private static let most = 1e15

    /// A number from 0.
    private static func number(_ word: Substring) -> Double? { Double(word).flatMap { $0 >= 0 && $0 <= most ? $0 : nil } }

    private static func count(_ word: Substring) -> Int? { Int(word).flatMap { $0 >= 0 && $0 <= Int(most) ? $0 : nil } }
}
