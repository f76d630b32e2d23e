import Benchmarking
import Models
import Platform
import Runs
import StrictJSON

/// One row of `hartrain bench`: what was timed, its times, and the machine as it was meanwhile.
struct BenchRow {
    /// How the time of a call is known.
    enum Timing {
        /// Calls were under the clock.
        case timed(Samples)
        /// Only parts of one were.
        case computed(BenchKey.Computation, seconds: Double)
    }

    /// The machine, and its processor before and after the row.
    struct Conditions {
        let machine: Machine
        /// The instruction set of the inner loops.
        let kernels: String
        /// Version and kernel family of the OpenBLAS that the peak is measured with; nil where it cannot be loaded.
        let blas: String?
        /// OpenBLAS's kernel family; nil where it cannot be loaded.
        let blasCore: String?
        let before: ProcessorState
        let after: ProcessorState
    }

    /// What the model needs.
    struct Memory {
        /// The process's largest resident memory during the row; nil where the kernel cannot tell it row by row, and of another
        /// process.
        let peakBytes: Int?
        /// Activations and scratch of one thread.
        let workspaceBytes: Int
        /// Trained values.
        let modelBytes: Int
        /// Heap allocations of a call, on all threads; nil where nobody counted them.
        let allocations: Double?
    }

    let key: BenchKey
    /// Windows of one call.
    let windows: Int
    let timing: Timing
    /// Floating-point operations of one call, those of products counted; nil where they do not take the time.
    let operations: Int?
    /// The sgemm peak for the row's threads, around the row, in operations a second; nil where OpenBLAS cannot be loaded.
    let peakRate: Double?
    let memory: Memory
    let conditions: Conditions

    /// The times of calls; nil where none was timed.
    var samples: Samples? {
        guard case .timed(let samples) = timing else { return nil }
        return samples
    }

    /// From what the time was computed; nil where calls were timed.
    var computed: BenchKey.Computation? {
        guard case .computed(let computation, _) = timing else { return nil }
        return computation
    }

    /// The median, which rows are compared by; of a row that was computed, its time.
    var median: Double {
        switch timing {
        case .timed(let samples): samples.percentile(0.5)
        case .computed(_, let seconds): seconds
        }
    }

    /// Operations a second at the median.
    var rate: Double? { operations.map { Double($0) / median } }

    /// The part of the sgemm peak that is reached; products saved (Winograd) count as done, so it may be above 1.
    var shareOfPeak: Double? {
        guard let rate, let peakRate else { return nil }
        return rate / peakRate
    }

    /// Windows a second at the median; nil where windows do not take the time.
    var windowsPerSecond: Double? { operations == nil ? nil : Double(windows) / median }

    /// The row without its samples, name by name: the columns of CSV, and the beginning of a row in JSON.
    var fields: JSONObject {
        func number(_ value: Double?) -> JSON { value.map(JSON.number) ?? .null }
        func text(_ value: String?) -> JSON { value.map(JSON.string) ?? .null }
        let (machine, before, after) = (conditions.machine, conditions.before, conditions.after)
        return [
            "model": .string(key.model), "work": .string(key.work.rawValue), "layer": .string(key.layer),
            "batch": .integer(key.batch), "threads": .integer(key.threads), "calls": .integer(samples?.seconds.count ?? 0),
            "computed": text(computed?.rawValue),
            "p50_seconds": .number(median), "p90_seconds": number(samples?.percentile(0.9)),
            "p99_seconds": number(samples?.percentile(0.99)), "min_seconds": number(samples?.minimum),
            "mean_seconds": number(samples?.mean), "sd_seconds": number(samples?.standardDeviation),
            "windows_per_second": number(windowsPerSecond), "gflops": number(rate.map { $0 / 1e9 }),
            "sgemm_peak_gflops": number(peakRate.map { $0 / 1e9 }), "share_of_peak": number(shareOfPeak),
            "peak_memory_bytes": memory.peakBytes.map(JSON.integer) ?? .null,
            "workspace_bytes": .integer(memory.workspaceBytes), "model_bytes": .integer(memory.modelBytes),
            "allocations_per_call": number(memory.allocations),
            "version": .string(Program.version), "compiler": .string(Program.compiler),
            "architecture": .string(machine.architecture), "cpu": .string(machine.cpu), "core": .string(machine.core),
            "emulated": .bool(machine.isEmulated), "cores": .integer(machine.cores),
            "memory_bytes": .integer(machine.memoryBytes), "system": .string(machine.system),
            "kernel": .string(machine.kernel), "kernels": .string(conditions.kernels),
            "blas": text(conditions.blas), "blas_core": text(conditions.blasCore),
            "governor": text(after.governor), "mhz_before": number(before.frequency), "mhz_after": number(after.frequency),
            "celsius_before": number(before.temperature), "celsius_after": number(after.temperature),
            "throttled_before": text(before.throttling), "throttled_after": text(after.throttling),
        ]
    }

    /// The row with its raw samples.
    var json: JSON {
        var object = fields
        object.set("samples_seconds", .array((samples?.seconds ?? []).map(JSON.number)))
        return .object(object)
    }
}
