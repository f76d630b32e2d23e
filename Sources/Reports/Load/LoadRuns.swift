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

    /// Whether a place is a log, or a folder with logs in it.
    static func areThere(_ place: String) -> Bool {
        Files.isFolder(place) ? !logs(in: place).isEmpty : place.hasSuffix(".jtl")
    }

    /// The logs in a folder and the folders in it.
    private static func logs(in folder: String, depth: Int = 0) -> [String] {
        guard depth < 6, let names = try? Files.list(folder) else { return [] }
        return names.sorted().flatMap { name in
            let path = "\(folder)/\(name)"
            if name.hasSuffix(".jtl") { return [path] }
            return Files.isFolder(path) && !Files.isLink(path) ? logs(in: path, depth: depth + 1) : []
        }
    }

    /// Adds the runs of a log, or of all logs in a folder.
    /// - Throws: A `FileError`, or a `ReportError` that names the file and the line.
    mutating func add(_ place: String) throws {
        for path in Files.isFolder(place) ? LoadRuns.logs(in: place) : [place] { try read(path, try Files.read(path)) }
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
        let pods = Files.exists(samples) ? try PodSamples(file: samples, try Files.read(samples)) : nil
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
        cells[index].answered += series.answered.lazy.map { Double($0) }
        cells[index].failures.merge(series.failures, uniquingKeysWith: +)
        cells[index].seconds += Double(series.last - series.first) / 1000
        if let pods { cells[index].pods.append(pods) }
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
