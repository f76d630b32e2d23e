import Benchmarking
import Kernels
import Memory

/// A kernel at the extents of the study's models, on memory that stays in the cache.
public struct KernelWorkload: Sendable {
    public let name: String
    /// Floating-point operations, where products are counted.
    public let operations: Int
    private let make: @Sendable () -> Workload

    /// Its memory, and the call.
    public func workload() -> Workload { make() }

    /// Windows of one call, about half a pass of training.
    static let windows = 8

    public static let all: [KernelWorkload] =
        [(128, 9, 18), (64, 18, 36), (32, 36, 72), (16, 72, 144)].flatMap { steps, channels, filters in
            [
                convolution(steps: steps, channels: channels, filters: filters),
                outerProduct(steps: steps, channels: channels, filters: filters),
            ]
        } + [dense, lstmForward(rows: 1), lstmForward(rows: 6), lstmBackward(rows: 8), adam]

    private static func convolution(steps: Int, channels: Int, filters: Int) -> KernelWorkload {
        KernelWorkload(
            name: "winogradProduct \(windows) x [\(steps), \(channels)] by \(filters)",
            operations: 4 * windows * steps * channels * filters
        ) {
            let layout = WinogradPairs(blocks: windows, rows: steps / 2, depth: channels, parts: WinogradPairs.inputParts)
            let pairs = Workload.randomValues(layout.count)
            let packed = Workload.randomValues(winogradPackedCount(depth: channels, columns: filters))
            var y = [Float](repeating: 0, count: windows * steps / 2 * filters)
            return Workload {
                var result = y.mutableSpan
                var none = MutableSpan<Float>()
                winogradProduct(
                    pairs.span, layout, packed: packed.span, columns: filters, epilogue: .reluMaxPool2, into: &result,
                    winner: &none)
            }
        }
    }

    private static func outerProduct(steps: Int, channels: Int, filters: Int) -> KernelWorkload {
        KernelWorkload(
            name: "addWinogradOuterProduct \(windows) x [\(steps), \(channels)] by \(filters)",
            operations: 4 * windows * steps * channels * filters
        ) {
            let inputs = WinogradPairs(blocks: windows, rows: steps / 2, depth: channels, parts: WinogradPairs.inputParts)
            let outputs = WinogradPairs(
                blocks: windows, rows: steps / 2, depth: filters, parts: WinogradPairs.gradientParts)
            let (x, d) = (Workload.randomValues(inputs.count), Workload.randomValues(outputs.count))
            var gradient = [Float](repeating: 0, count: 2 * channels * filters)
            return Workload {
                var sum = gradient.mutableSpan
                addWinogradOuterProduct(x.span, inputs, d.span, outputs, to: &sum)
            }
        }
    }

    private static let dense = KernelWorkload(name: "product [600, 1152] by 6", operations: 2 * 600 * 1152 * 6) {
        let x = Workload.randomValues(600 * 1152)
        let packed = Workload.randomValues(packedCount(depth: 1152, columns: 6))
        var y = [Float](repeating: 0, count: 600 * 6)
        return Workload {
            var result = y.mutableSpan
            product(x.span, OperandRows(rows: 600, depth: 1152), packed: packed.span, columns: 6, into: &result, rowStride: 6)
        }
    }

    private static func extents(rows: Int) -> LSTMExtents {
        LSTMExtents(steps: 128, rows: rows, inputs: 27, units: 27, stepStride: 27, rowStride: 128 * 27)
    }

    private static func lstmForward(rows: Int) -> KernelWorkload {
        KernelWorkload(name: "lstmForward [\(rows), 128, 27] to 27", operations: 2 * rows * 128 * 54 * 108) {
            let extents = extents(rows: rows)
            let x = Workload.randomValues(rows * 128 * 27)
            let packed = Workload.randomValues(packedGatesCount(inputs: 27, units: 27))
            var cell = [Float](repeating: 0, count: rows * extents.padded)
            var hidden = [Float](repeating: 0, count: extents.slab)
            var scratch = [Float](repeating: 0, count: LSTMExtents.scratchCount(rows: rows, inputs: 27, units: 27))
            return Workload {
                var gates = MutableSpan<Float>()
                var cellSpan = cell.mutableSpan
                var hiddenSpan = hidden.mutableSpan
                var scratchSpan = scratch.mutableSpan
                Kernels.lstmForward(
                    x.span, extents, packed: packed.span, gates: &gates, cell: &cellSpan, hidden: &hiddenSpan,
                    scratch: &scratchSpan)
            }
        }
    }

    private static func lstmBackward(rows: Int) -> KernelWorkload {
        KernelWorkload(name: "lstmBackward [\(rows), 128] of 27 units", operations: 2 * rows * 128 * 108 * 27) {
            let extents = extents(rows: rows)
            let packed = Workload.randomValues(packedCount(depth: 108, columns: 27))
            let dHidden = Workload.randomValues(extents.slab)
            let (gates, cell) = (Workload.randomValues(4 * extents.slab), Workload.randomValues(extents.slab))
            var dGates = [Float](repeating: 0, count: 128 * rows * extents.gateRow)
            var dCell = [Float](repeating: 0, count: rows * extents.padded)
            return Workload {
                var gradients = dGates.mutableSpan
                var scratch = dCell.mutableSpan
                Kernels.lstmBackward(
                    extents, packed: packed.span, dHidden: dHidden.span, gates: gates.span, cell: cell.span,
                    dGates: &gradients, dCell: &scratch)
            }
        }
    }

    private static let adam = KernelWorkload(name: "adam 34728", operations: 0) {
        let gradient = Workload.randomValues(34728)
        var weights = gradient
        var first = [Float](repeating: 0, count: gradient.count)
        var second = first
        return Workload {
            var w = weights.mutableSpan
            var m = first.mutableSpan
            var v = second.mutableSpan
            adamUpdate(
                weights: &w, gradient: gradient.span, firstMoment: &m, secondMoment: &v, rate: 1e-4, beta1: 0.9, beta2: 0.999,
                epsilon: 1e-8, decay: 0, correction1: 0.1, correction2: 1e-3)
        }
    }
}
