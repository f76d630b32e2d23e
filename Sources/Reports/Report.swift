import Benchmarking
import Platform

/// What a report is made of, gathered place by place and recognised by what is in it.
public struct Report {
    private var runs: [RunInput] = []
    private var benches: [BenchFile] = []
    private var loads = LoadRuns()
    private var wrk: [WrkResult] = []
    private var recordings: [RecordingSection] = []

    /// A report of nothing.
    public init() {}

    /// Adds a run folder or its run.json, a file of `hartrain bench --save`, JMeter's logs or a folder that holds some, what wrk printed.
    /// - Returns: Whether the place is one of these; a recording is not, since it takes weights.
    /// - Throws: What is wrong with it, by file and line.
    public mutating func add(_ place: String) throws -> Bool {
        if RunInput.isRun(place) {
            runs.append(try RunInput(reading: place))
            return true
        }
        if LoadRuns.areThere(place) {
            try loads.add(place)
            return true
        }
        guard !Files.isFolder(place) else {
            throw ReportError(place, "it holds neither a run.json nor JMeter's logs (*.jtl)")
        }
        if place.hasSuffix(".json") {
            benches.append(try BenchFile(reading: place))
            return true
        }
        let bytes = try Files.read(place)
        if JMeterSamples.isLog(bytes) {
            try loads.add(log: place, bytes)
        } else if PodSamples.areSamples(bytes) {
            throw ReportError(place, "samples of pods are shown with the log that stands beside them: name its .jtl")
        } else if WrkResult.isResult(String(decoding: bytes.prefix(256), as: UTF8.self)) {
            wrk.append(try WrkResult(file: place, String(decoding: bytes, as: UTF8.self)))
        } else {
            return false
        }
        return true
    }

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

    private func title(_ sections: [ReportSection]) -> String {
        if sections.count == 1 { return sections[0].title }
        let others = runs.count + benches.count + wrk.count + recordings.count
        return others == 0 ? "Load test" : "hartrain report"
    }
}
