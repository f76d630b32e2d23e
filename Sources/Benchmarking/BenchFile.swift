import Models
import Platform
import StrictJSON

/// A file of rows that `hartrain bench` has written: what can be compared of them.
public struct BenchFile: Sendable {
    /// What a file tells of a row.
    public struct Row: Sendable {
        /// What was timed.
        public let key: BenchKey
        /// The median, in seconds.
        public let median: Double
        /// The time that one in a hundred calls exceeds, in seconds.
        public let percentile99: Double?
        /// Every call's time in seconds; empty in a file that was written without, and of a row that was computed.
        public let samples: [Double]
        /// From what the median was computed; nil where calls were timed.
        public let computed: BenchKey.Computation?
        /// The part of the machine's sgemm peak that is reached; nil where nobody knows it.
        public let shareOfPeak: Double?
        /// The processor.
        public let cpu: String
        /// Whether it was emulated, so that no time means anything.
        public let isEmulated: Bool
    }

    /// Where it was read.
    public let path: String
    /// At least one.
    public let rows: [Row]

    /// Files with raw samples of hundreds of rows.
    private static let largestFile = 256 << 20

    /// Reads a file that `--save` or `-o json` has written.
    /// - Throws: A `ModelFileError` that names the file, the row and the field.
    public init(reading path: String) throws(ModelFileError) {
        self.path = path
        do {
            let json = try JSON.parse(try Files.read(path, limit: BenchFile.largestFile))
            var fields = try JSONFields(json, context: "")
            let rows = try fields.take("rows", as: [JSON].self)
            self.rows = try rows.enumerated().map { index, row in
                var fields = try JSONFields(row, context: "row \(index + 1)")
                let name = try fields.take("work", as: String.self)
                guard let work = BenchKey.Work(rawValue: name) else {
                    throw fields.failure(
                        "work", mustBe: "one of " + BenchKey.Work.allCases.map(\.rawValue).joined(separator: ", "))
                }
                let key = BenchKey(
                    model: try fields.take("model"), work: work, layer: try fields.take("layer"),
                    batch: try fields.take("batch"), threads: try fields.take("threads"))
                let median: Double = try fields.take("p50_seconds")
                guard BenchFile.isTime(median) else { throw fields.failure("p50_seconds", mustBe: "a time above 0") }
                let cpu: String = try fields.take("cpu")
                guard JSON.isVisible(cpu), JSON.isVisible(key.model) else { throw fields.failure("cpu", mustBe: "visible text") }
                let samples = try fields.takeIfPresent("samples_seconds", as: [JSON].self) ?? []
                let seconds = samples.compactMap(\.asDouble)
                guard seconds.count == samples.count, seconds.allSatisfy(BenchFile.isTime) else {
                    throw fields.failure("samples_seconds", mustBe: "times above 0")
                }
                let percentile99: Double? = try fields.takeIfPresent("p99_seconds")
                guard percentile99.map(BenchFile.isTime) != false else {
                    throw fields.failure("p99_seconds", mustBe: "a time above 0")
                }
                let shareOfPeak: Double? = try fields.takeIfPresent("share_of_peak")
                guard shareOfPeak.map({ $0 >= 0 && $0 < 1e6 }) != false else {
                    throw fields.failure("share_of_peak", mustBe: "a share from 0")
                }
                return Row(
                    key: key, median: median, percentile99: percentile99, samples: seconds,
                    computed: try BenchFile.computation(&fields, of: work, isTimed: !seconds.isEmpty || percentile99 != nil),
                    shareOfPeak: shareOfPeak, cpu: cpu, isEmulated: try fields.take("emulated"))
            }
            guard !rows.isEmpty else { throw JSONFieldError(context: "", problem: "it has no rows") }
        } catch {
            throw ModelFileError(file: path, error)
        }
    }

    /// From what a row was computed; files of versions that timed every row do not have the field.
    private static func computation(
        _ fields: inout JSONFields, of work: BenchKey.Work, isTimed: Bool
    ) throws(JSONFieldError) -> BenchKey.Computation? {
        guard let name = try fields.takeIfPresent("computed", as: String.self) else { return nil }
        guard let computation = BenchKey.Computation(rawValue: name) else {
            throw fields.failure(
                "computed", mustBe: "null or one of " + BenchKey.Computation.allCases.map(\.rawValue).joined(separator: ", "))
        }
        guard work == .epoch, !isTimed else {
            throw fields.failure("computed", mustBe: "null unless the row is an epoch without times of its own")
        }
        return computation
    }

    /// Whether a number of seconds can be the time of a call: thirty years are none.
    private static func isTime(_ seconds: Double) -> Bool { seconds > 0 && seconds <= 1e9 }

    /// The row of the same work, if there is one.
    public func row(_ key: BenchKey) -> Row? { rows.first { $0.key == key } }

    /// The time of one window on one thread: what a model answers in.
    public func latency(of model: String) -> Row? {
        row(BenchKey(model: model, work: .predict, batch: 1, threads: 1))
    }
}
