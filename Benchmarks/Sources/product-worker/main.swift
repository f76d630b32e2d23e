import Benchmarking
import Glibc
import HAR
import Workloads

// Times work on request, for peers/compare.py: a line "WORK MODEL WINDOWS THREADS REPETITIONS" on standard input, a line of seconds on
// standard output. WORK is step or prediction, and MODEL a model's name; or gemm, whose WINDOWS is the matrices' size; or
// cache, whose MODEL is the folder of UCI HAR.

func workload(_ fields: [Substring]) throws -> Workload? {
    guard fields.count == 5, let count = Int(fields[2]), let threads = Int(fields[3]) else { return nil }
    if fields[0] == "gemm" { return try .matrixProduct(size: count) }
    if fields[0] == "cache" { return .cachedReading(String(fields[1])) }
    guard let model = StudyModel(rawValue: String(fields[1])) else { return nil }
    switch fields[0] {
    case "step": return try .step(model, batch: count, threads: threads)
    case "prediction": return try .prediction(model, windows: count, threads: threads)
    default: return nil
    }
}

func timings() throws {
    var known: [String: Workload] = [:]
    let clock = ContinuousClock()
    while let line = readLine() {
        let fields = line.split(separator: " ")
        guard let repetitions = fields.last.flatMap({ Int($0) }) else { fatalError("no request: \(line)") }
        let name = fields.dropLast().joined(separator: " ")
        if known[name] == nil {
            known[name] = try workload(fields)
            // Warm: caches, page tables, branch predictors.
            for _ in 0..<3 { known[name]?.run() }
        }
        guard let work = known[name] else { fatalError("no request: \(line)") }
        let seconds = (0..<repetitions).map { _ in
            let time = clock.measure { work.run() }
            return "\(Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18)"
        }
        print(seconds.joined(separator: " "))
        fflush(nil)
    }
}

try timings()
