import Benchmarking
import LinearAlgebra

/// What came of the measuring: rows, what could not be measured, and the signal that ended it early.
struct BenchResult {
    /// Work that has no row.
    struct LeftOut {
        /// The work, as rows are named: "cnn step, batch 1, 1 thread".
        let what: String
        /// Why it could not be measured, and what to do.
        let reason: String

        /// "cnn step, batch 1, 1 thread is left out: a batch has 1 window, too few for batch normalisation".
        var text: String { "\(what) is left out: \(reason)" }
    }

    let rows: [BenchRow]
    /// By which calls were timed.
    let sampling: Samples.Plan
    let leftOut: [LeftOut]
    /// Why a row has no sgemm peak; nil where all have one.
    let missingPeak: BLASError?
    /// The signal that came before the last row; nil where all is done.
    let signal: Int32?
}
