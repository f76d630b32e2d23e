import Models
import Platform
import StrictJSON

/// A file of rows that `hartrain bench` has written: what can be compared of them.
struct BenchFile {
    /// What a file tells of a row.
    struct Row {
        let key: BenchRow.Key
        /// The median, in seconds.
        let median: Double
        let cpu: String
        let isEmulated: Bool
    }

    let path: String
    let rows: [Row]

    /// Files with raw samples of hundreds of rows.
    private static let largestFile = 256 << 20

    /// Reads a file that `--save` or `-o json` has written.
    /// - Throws: A `ModelFileError` that names the file, the row and the field.
    init(reading path: String) throws(ModelFileError) {
        self.path = path
        do {
            let json = try JSON.parse(try Files.read(path, limit: BenchFile.largestFile))
            var fields = try JSONFields(json, context: "")
            let rows = try fields.take("rows", as: [JSON].self)
            self.rows = try rows.enumerated().map { index, row in
                var fields = try JSONFields(row, context: "row \(index + 1)")
                let name = try fields.take("work", as: String.self)
                guard let work = BenchRow.Work(rawValue: name) else {
                    throw fields.failure(
                        "work", mustBe: "one of " + BenchRow.Work.allCases.map(\.rawValue).joined(separator: ", "))
                }
                let key = BenchRow.Key(
                    model: try fields.take("model"), work: work, layer: try fields.take("layer"),
                    batch: try fields.take("batch"), threads: try fields.take("threads"))
                let median: Double = try fields.take("p50_seconds")
                guard median > 0 else { throw fields.failure("p50_seconds", mustBe: "a time above 0") }
                let cpu: String = try fields.take("cpu")
                guard JSON.isVisible(cpu), JSON.isVisible(key.model) else { throw fields.failure("cpu", mustBe: "visible text") }
                return Row(key: key, median: median, cpu: cpu, isEmulated: try fields.take("emulated"))
            }
            guard !rows.isEmpty else { throw JSONFieldError(context: "", problem: "it has no rows") }
        } catch {
            throw ModelFileError(file: path, error)
        }
    }

    /// The row of the same work, if there is one.
    func row(_ key: BenchRow.Key) -> Row? { rows.first { $0.key == key } }

    /// The time of one window on one thread: what a model answers in.
    func latency(of model: String) -> Row? {
        row(BenchRow.Key(model: model, work: .predict, batch: 1, threads: 1))
    }
}
