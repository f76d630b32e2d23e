import Platform

/// The runs of a load test: JMeter's logs, and the samples of pods beside them.
///
/// A log `warm-n05-r1.jtl` may have `warm-n05-r1.samples.csv` beside it. What stands in its name before `-n` is what kind of run it is;
/// runs of one label, kind and number of users are repeats of each other.
struct LoadRuns {
    /// The repeats of one label, kind and number of users.
    struct Cell {
        let label: String
        /// "warm", "cold"; empty for a file that is not named so.
        let kind: String
        let users: Int
        /// How many runs there are.
        fileprivate(set) var repeats = 0
        /// What each right answer took, in milliseconds.
        fileprivate(set) var answered: [Double] = []
        fileprivate(set) var failures: [String: Int] = [:]
        /// How the right answers' times are spread, once for all that is shown of them; nil where there are none.
        fileprivate(set) var spread: Distribution?
        /// The mean time of each repeat's right answers.
        fileprivate var means: [Double] = []
        /// See `Distribution.confidence(ofMeans:)`.
        var confidence: Double? { Distribution.confidence(ofMeans: means) }
        /// The runs' time from their first request to their last answer, in seconds.
        fileprivate(set) var seconds = 0.0
        /// The samples of each run that has some.
        fileprivate(set) var pods: [PodSamples] = []

        var failed: Int { failures.values.reduce(0, +) }
        var requests: Int { answered.count + failed }
        /// The share of requests that were answered rightly.
        var successRate: Double { Double(answered.count) / Double(max(1, requests)) }
        /// Whether the number of pods changed while it ran: an autoscaler was at work.
        var isScaled: Bool { pods.contains { Set($0.samples.map(\.pods)).count > 1 } }
        /// The label with the kind.
        var name: String { kind.isEmpty ? label : "\(label), \(kind)" }
    }

    /// By label, kind and number of users.
    private(set) var cells: [Cell] = []
    /// The files that were read.
    private(set) var files: [String] = []

    /// Whether a place is a log, or a folder with logs in it.
    static func areThere(_ place: String) -> Bool {
        Files.isFolder(place) ? (try? logs(in: place))?.isEmpty != true : place.hasSuffix(".jtl")
    }

    /// The logs in a folder and the folders in it; what links lead to is not followed, since it may lead back.
    private static func logs(in folder: String) throws(FileError) -> [String] {
        var logs: [String] = []
        for name in try Files.list(folder).sorted() {
            let path = "\(folder)/\(name)"
            if name.hasSuffix(".jtl") {
                logs.append(path)
            } else if Files.isFolder(path), !Files.isLink(path) {
                logs += try LoadRuns.logs(in: path)
            }
        }
        return logs
    }

    /// Adds the runs of a log, or of all logs in a folder.
    /// - Throws: A `FileError`, or a `ReportError` that names the file and the line.
    mutating func add(_ place: String) throws {
        for path in Files.isFolder(place) ? try LoadRuns.logs(in: place) : [place] { try read(path, try Files.read(path)) }
        try order()
    }

    /// Adds the runs of a log that has been read.
    /// - Throws: A `FileError`, or a `ReportError` that names the file and the line.
    mutating func add(log path: String, _ bytes: [UInt8]) throws {
        try read(path, bytes)
        try order()
    }

    private mutating func read(_ path: String, _ bytes: [UInt8]) throws {
        let stem = path.hasSuffix(".jtl") ? String(path.dropLast(4)) : path
        let samples = stem + ".samples.csv"
        files.append(path)
        var pods: PodSamples?
        if Files.exists(samples) {
            files.append(samples)
            pods = try PodSamples(file: samples, try Files.read(samples))
        }
        let kind = LoadRuns.kind(stem)
        for series in try JMeterSamples(file: path, bytes).series { add(series, kind: kind, pods) }
    }

    private mutating func order() throws {
        cells.sort { ($0.label, $0.kind, $0.users) < ($1.label, $1.kind, $1.users) }
        for index in cells.indices where cells[index].spread == nil && !cells[index].answered.isEmpty {
            cells[index].spread = try Distribution(cells[index].answered, of: cells[index].name)
        }
    }

    private mutating func add(_ series: JMeterSamples.Series, kind: String, _ pods: PodSamples?) {
        let known = cells.firstIndex { $0.label == series.label && $0.kind == kind && $0.users == series.users }
        let index = known ?? cells.count
        if known == nil { cells.append(Cell(label: series.label, kind: kind, users: series.users)) }
        cells[index].repeats += 1
        cells[index].spread = nil
        let times = series.answered.map { Double($0) }
        cells[index].answered += times
        if !times.isEmpty { cells[index].means.append(Distribution.mean(times)) }
        cells[index].failures.merge(series.failures, uniquingKeysWith: +)
        cells[index].seconds += Double(series.last - series.first) / 1000
        if let pods { cells[index].pods.append(pods.since(series.first)) }
    }

    /// What stands before `-n05-r1` in a file's name.
    private static func kind(_ stem: String) -> String {
        let parts = (stem.split(separator: "/").last ?? "").split(separator: "-")
        func isCounter(_ part: Substring, _ letter: Character) -> Bool {
            part.first == letter && part.count > 1 && part.dropFirst().allSatisfy(\.isNumber)
        }
        guard parts.count >= 3, isCounter(parts[parts.count - 1], "r"), isCounter(parts[parts.count - 2], "n") else { return "" }
        return parts.dropLast(2).joined(separator: "-")
    }
}
