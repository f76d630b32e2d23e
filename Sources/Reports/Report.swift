import Benchmarking
import Platform

/// What a report is made of, gathered place by place and recognised by what is in it.
public struct Report {
    private var runs: [RunInput] = []
    private var benches: [BenchFile] = []
    private var loads = LoadRuns()
    private var wrk: [WrkResult] = []
    private var recordings: [RecordingSection] = []
    /// The files that the page is made of, by their whole paths.
    private var files: Set<String> = []

    /// A report of nothing.
    public init() {}

    /// Adds a run folder or its run.json, a file of `hartrain bench --save`, JMeter's logs or a folder that holds some, what wrk printed.
    /// - Returns: Whether the place is one of these; a recording is not, since it takes weights.
    /// - Throws: What is wrong with it, by file and line.
    public mutating func add(_ place: String) throws -> Bool {
        if RunInput.isRun(place) {
            let run = try RunInput(reading: place)
            try note(run.files)
            runs.append(run)
            return true
        }
        if LoadRuns.areThere(place) {
            try addLoads { try $0.add(place) }
            return true
        }
        guard !Files.isFolder(place) else {
            throw ReportError(place, "it holds neither a run.json nor JMeter's logs (*.jtl)")
        }
        if place.hasSuffix(".json") {
            benches.append(try BenchFile(reading: place))
            try note([place])
            return true
        }
        let bytes = try Files.read(place)
        if JMeterSamples.isLog(bytes) {
            try addLoads { try $0.add(log: place, bytes) }
            return true
        } else if PodSamples.areSamples(bytes) {
            throw ReportError(place, "samples of pods are shown with the log that stands beside them: name its .jtl")
        } else if WrkResult.isResult(String(decoding: bytes.prefix(256), as: UTF8.self)) {
            wrk.append(try WrkResult(file: place, String(decoding: bytes, as: UTF8.self)))
        } else {
            return false
        }
        try note([place])
        return true
    }

    private mutating func addLoads(_ add: (inout LoadRuns) throws -> Void) throws {
        let before = loads.files.count
        try add(&loads)
        try note(Array(loads.files[before...]))
    }

    /// Notes files that the page is made of.
    /// - Throws: A `ReportError` where one is given twice: it would count twice.
    public mutating func note(_ paths: [String]) throws {
        for path in paths {
            guard files.insert(Files.wholePath(path) ?? path).inserted else { throw ReportError(path, "it is given twice") }
        }
    }

    /// Refuses a place for the page where one of the files stands that it is made of.
    /// - Throws: A `ReportError`.
    public func check(output path: String) throws {
        guard !isNoted(path) else { throw ReportError(path, "the page is made of this file: name another with --out") }
    }

    private func isNoted(_ path: String) -> Bool { files.contains(Files.wholePath(path) ?? path) }

    /// Adds a recording with the answers to it.
    public mutating func add(_ recording: RecordingSection) { recordings.append(recording) }

    /// The page.
    /// - Throws: A `ChartError` for values that no chart shows.
    public func page(title: String?) throws -> ReportPage {
        var sections: [ReportSection] = []
        if runs.count > 1 { sections.append(try RunsSection(runs: runs).section()) }
        for run in runs { sections.append(try RunSection(run: run).section()) }
        if !benches.isEmpty { sections.append(try BenchSection(files: benches).section()) }
        if !loads.cells.isEmpty { sections += try LoadSection(runs: loads).sections() }
        if !wrk.isEmpty { sections.append(try WrkSection(results: wrk).section()) }
        for recording in recordings { sections.append(try recording.section()) }
        return ReportPage(title: title ?? self.title(sections), sections: sections)
    }

    /// Of one section its own; a load test alone has several.
    private func title(_ sections: [ReportSection]) -> String {
        if sections.count == 1 { return sections[0].title }
        let others = runs.count + benches.count + wrk.count + recordings.count
        return others == 0 ? "Load test" : "hartrain report"
    }
}
