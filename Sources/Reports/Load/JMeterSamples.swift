import Platform

/// The requests of a load test as JMeter logs them (a .jtl file in CSV): when each began, what it took, and how many users there were.
struct JMeterSamples {
    /// One sampler's requests: what the plan calls them.
    struct Series {
        /// The sampler's label.
        let label: String

        fileprivate init(label: String) {
            self.label = label
        }

        /// What each answer took that was right, from the sending of its request to its last byte, in milliseconds: a refusal in no time
        /// makes no server fast.
        fileprivate(set) var answered: [Int32] = []
        /// Why those that failed did, with how many there were.
        fileprivate(set) var failures: [String: Int] = [:]
        /// The most users at a time.
        fileprivate(set) var users = 0
        /// When the first request began and the last answer ended, in milliseconds since 1970.
        fileprivate(set) var first = Int.max, last = Int.min
    }

    let file: String
    /// In the order of their first requests.
    let series: [Series]

    /// The columns that a report needs, and those that it uses where they are there.
    private static let (needed, known) = (
        ["timeStamp", "elapsed", "label", "success", "allThreads"], ["responseCode", "failureMessage"]
    )

    /// Whether a file begins as JMeter's logs do: with the names of their columns.
    static func isLog(_ bytes: [UInt8]) -> Bool {
        var records = CSVRecords(Array(bytes.prefix(4096)))
        guard records.next() else { return false }
        let names = records.fields.indices.map { records.text($0) }
        return ["timeStamp", "elapsed"].allSatisfy(names.contains)
    }

    /// Reads a log.
    /// - Throws: A `ReportError` that names the file and the line.
    init(file: String, _ bytes: [UInt8]) throws(ReportError) {
        self.file = file
        var records = CSVRecords(bytes)
        guard records.next() else { throw ReportError(file, "it is empty") }
        let names = records.fields.indices.map { records.text($0) }
        var places: [String: Int] = [:]
        for name in JMeterSamples.needed + JMeterSamples.known { places[name] = names.firstIndex(of: name) }
        guard let time = places["timeStamp"], let elapsed = places["elapsed"], let label = places["label"],
            let success = places["success"], let users = places["allThreads"]
        else {
            let missing = JMeterSamples.needed.filter { places[$0] == nil }.joined(separator: ", ")
            throw ReportError(
                file, line: 1,
                "the columns \(missing) are missing: have JMeter write them (jmeter.save.saveservice.print_field_names=true and the fields' "
                    + "own properties)")
        }
        var series: [Series] = []
        var indices: [String: Int] = [:]
        var (last, lastIndex) = ("", 0)
        while true {
            let line = records.line
            guard records.next() else { break }
            guard records.isWhole else {
                throw ReportError(file, line: line, "the line is cut off: JMeter did not end, or its disk was full")
            }
            guard records.fields.count == names.count else {
                throw ReportError(file, line: line, "it has \(records.fields.count) fields, not \(names.count) as the first line")
            }
            guard let start = records.integer(time) else {
                throw ReportError(
                    file, line: line,
                    "timeStamp must be milliseconds (jmeter.save.saveservice.timestamp_format=ms), found "
                        + "'\(records.text(time).prefix(40))'")
            }
            guard let milliseconds = records.integer(elapsed).flatMap({ Int32(exactly: $0) }), milliseconds >= 0 else {
                throw ReportError(
                    file, line: line, "elapsed must be a number of milliseconds, found '\(records.text(elapsed).prefix(40))'")
            }
            let isSuccess = records.holds(success, "true")
            guard isSuccess || records.holds(success, "false") else {
                throw ReportError(file, line: line, "success must be true or false, found '\(records.text(success).prefix(40))'")
            }
            let name = records.text(label)
            if name != last || series.isEmpty {
                last = name
                lastIndex = indices[name] ?? series.count
                if lastIndex == series.count {
                    indices[name] = lastIndex
                    series.append(Series(label: name))
                }
            }
            series[lastIndex].first = min(series[lastIndex].first, start)
            series[lastIndex].last = max(series[lastIndex].last, start + Int(milliseconds))
            guard let threads = records.integer(users), threads > 0 else {
                throw ReportError(
                    file, line: line, "allThreads must be a number from 1, found '\(records.text(users).prefix(40))'")
            }
            series[lastIndex].users = max(series[lastIndex].users, threads)
            if isSuccess {
                series[lastIndex].answered.append(milliseconds)
            } else {
                let reason = [places["failureMessage"], places["responseCode"]].lazy.compactMap { $0 }.map { records.text($0) }
                    .first { !$0.isEmpty }
                series[lastIndex].failures[String((reason ?? "no reason given").prefix(120)), default: 0] += 1
            }
        }
        guard !series.isEmpty else { throw ReportError(file, "it has no requests") }
        self.series = series
    }
}
