import Benchmarking
import Glibc
import HAR
import Layers
import Models
import Platform
import Training
import Workloads

// Times work on request, for the scripts in peers: a line "WORK MODEL WINDOWS THREADS REPETITIONS" on standard input, a
// line of seconds on standard output. WORK is step or prediction, and MODEL a model's name or a model file's (".json"); or count, which
// answers with a model's parameters and the operations of a prediction of one window; or gemm, whose WINDOWS is the matrices'
// size; or product or blas, whose MODEL is "64x2048x1024", a product's rows, depth and columns, by our kernel or OpenBLAS; or cache,
// whose MODEL is the folder of UCI HAR.

/// A line that asks for nothing that there is.
struct RequestError: Error, CustomStringConvertible {
    let line: String
    var description: String { "no request: \(line)" }
}

/// The model that a request names, and how a step trains it. A model file's training is left aside: Adam, nothing clipped.
func requestedModel(_ name: String, batch: Int) throws -> (model: ModelDescription, recipe: Recipe)? {
    if name.hasSuffix(".json") {
        return (try ModelFile(reading: name).description, Recipe(epochs: 1, batch: batch, learningRate: 1e-4))
    }
    return StudyModel(rawValue: name).map { ($0.description, $0.recipe(batch: batch)) }
}

func workload(_ fields: [Substring]) throws -> Workload? {
    guard fields.count == 5, let count = Int(fields[2]), let threads = Int(fields[3]) else { return nil }
    if fields[0] == "gemm" { return try .matrixProduct(size: count) }
    if let product = ProductWorkload(fields[1]) {
        return fields[0] == "product" ? product.kernel() : fields[0] == "blas" ? try product.blas() : nil
    }
    if fields[0] == "cache" { return .cachedReading(String(fields[1])) }
    guard let (model, recipe) = try requestedModel(String(fields[1]), batch: count) else { return nil }
    switch fields[0] {
    case "step": return try .step(model, recipe: recipe, threads: threads)
    case "prediction": return try .prediction(model, windows: count, threads: threads)
    default: return nil
    }
}

/// The parameters of a model, and its operations in a prediction of one window.
func counts(of name: String) throws -> [Int]? {
    guard let (description, _) = try requestedModel(name, batch: 1) else { return nil }
    let model = try Model(description, maximumRows: 1)
    return [model.parameterCount, model.operationsPerRow]
}

func answer() throws {
    var known: [String: Workload] = [:]
    let clock = ContinuousClock()
    while let line = readLine() {
        let fields = line.split(separator: " ")
        guard let repetitions = fields.last.flatMap({ Int($0) }) else { throw RequestError(line: line) }
        if fields[0] == "count" {
            guard fields.count == 5, let counts = try counts(of: String(fields[1])) else { throw RequestError(line: line) }
            print(counts.map(String.init).joined(separator: " "))
            fflush(nil)
            continue
        }
        let name = fields.dropLast().joined(separator: " ")
        if known[name] == nil {
            known[name] = try workload(fields)
            // Warm: caches, page tables, branch predictors.
            for _ in 0..<3 { known[name]?.run() }
        }
        guard let work = known[name] else { throw RequestError(line: line) }
        let seconds = (0..<repetitions).map { _ in
            let time = clock.measure { work.run() }
            return "\(Double(time.components.seconds) + Double(time.components.attoseconds) * 1e-18)"
        }
        print(seconds.joined(separator: " "))
        fflush(nil)
    }
}

do {
    try answer()
} catch {
    // The last line that is said, which is what a script tells of it.
    Terminal.write("\(error)\n", to: .standardError)
    exit(1)
}
