import Platform

/// How many pods, or processes, answered over the time of a run, as the load test's runner samples them: a CSV file with the columns
/// `seconds`, `pods` and, where they are known, `cpu_percent` and `time_ms`.
struct PodSamples: Equatable {
    struct Sample: Equatable {
        /// Since the run began.
        var seconds: Double
        let pods: Int
        /// Of one core, all pods together; nil where it was not measured.
        let cpuPercent: Double?
        /// Since 1970; nil where it is not known.
        var milliseconds: Int?
    }

    let file: String
    /// In the order of their times.
    private(set) var samples: [Sample]

    /// The same with seconds from a time on, in milliseconds since 1970, where the samples know it: sampling begins before the first
    /// request.
    func since(_ first: Int) -> PodSamples {
        var pods = self
        for index in pods.samples.indices {
            guard let time = pods.samples[index].milliseconds else { return self }
            pods.samples[index].seconds = Double(time - first) / 1000
        }
        return pods
    }

    /// The most pods that there were at once.
    var most: Int { samples.map(\.pods).max() ?? 0 }

    /// Whether a file begins as samples do.
    static func areSamples(_ bytes: [UInt8]) -> Bool {
        var records = CSVRecords(Array(bytes.prefix(1024)))
        guard records.next() else { return false }
        let names = records.fields.indices.map { records.text($0) }
        return ["seconds", "pods"].allSatisfy(names.contains)
    }

    /// Reads samples.
    /// - Throws: A `ReportError` that names the file and the line.
    init(file: String, _ bytes: [UInt8]) throws(ReportError) {
        self.file = file
        var records = CSVRecords(bytes)
        guard records.next() else { throw ReportError(file, "it is empty") }
        let names = records.fields.indices.map { records.text($0) }
        guard let time = names.firstIndex(of: "seconds"), let count = names.firstIndex(of: "pods") else {
            throw ReportError(file, line: 1, "the columns seconds and pods are needed")
        }
        let (cpu, clock) = (names.firstIndex(of: "cpu_percent"), names.firstIndex(of: "time_ms"))
        var samples: [Sample] = []
        while true {
            let line = records.line
            guard records.next() else { break }
            guard records.isWhole else { throw ReportError(file, line: line, "the line is cut off") }
            guard records.fields.count == names.count else {
                throw ReportError(file, line: line, "it has \(records.fields.count) fields, not \(names.count) as the first line")
            }
            guard let seconds = Double(records.text(time)), seconds.isFinite, seconds >= samples.last?.seconds ?? -.infinity
            else {
                throw ReportError(file, line: line, "seconds must be a number, not below the line before")
            }
            guard let pods = records.integer(count), pods >= 0 else {
                throw ReportError(file, line: line, "pods must be a number from 0")
            }
            let load = cpu.map { records.text($0) } ?? ""
            let percent = Double(load)
            guard load.isEmpty || percent?.isFinite == true else {
                throw ReportError(file, line: line, "cpu_percent must be a number or empty")
            }
            samples.append(
                Sample(seconds: seconds, pods: pods, cpuPercent: percent, milliseconds: clock.flatMap { records.integer($0) }))
        }
        guard !samples.isEmpty else { throw ReportError(file, "it has no samples") }
        self.samples = samples
    }
}
