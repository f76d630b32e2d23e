/// How the rows of a product's left operand stand in memory. They may overlap: under a kernel that slides over a sequence, each row is
/// the patch of one output, and no patch is ever copied.
///
/// Row r of block i has `taps` runs of `depth` floats; run t begins at i blockStride + r rowStride + t tapStride.
public struct OperandRows: Equatable, Sendable {
    public var blocks: Int
    public var rows: Int
    public var taps: Int
    public var depth: Int
    public var blockStride: Int
    public var rowStride: Int
    public var tapStride: Int

    /// Rows of blocks, such as the steps of each window of a batch.
    public init(blocks: Int, blockStride: Int, rows: Int, rowStride: Int, taps: Int, tapStride: Int, depth: Int) {
        self.blocks = blocks
        self.rows = rows
        self.taps = taps
        self.depth = depth
        self.blockStride = blockStride
        self.rowStride = rowStride
        self.tapStride = tapStride
    }

    /// The rows of a plain matrix [rows, depth].
    public init(rows: Int, depth: Int, rowStride: Int? = nil) {
        self.init(blocks: 1, blockStride: 0, rows: rows, rowStride: rowStride ?? depth, taps: 1, tapStride: 0, depth: depth)
    }

    /// The floats of a row, all runs together.
    public var width: Int { taps * depth }

    /// The floats from the first to the last that is read.
    var extent: Int {
        guard blocks > 0, rows > 0, taps > 0, depth > 0 else { return 0 }
        return (blocks - 1) * blockStride + (rows - 1) * rowStride + (taps - 1) * tapStride + depth
    }

    func check(_ count: Int, _ kernel: StaticString) {
        precondition(
            blocks >= 0 && rows >= 0 && taps >= 0 && depth >= 0 && blockStride >= 0 && rowStride >= 0 && tapStride >= 0
                && extent <= count,
            "\(kernel): \(count) floats do not hold the rows \(self)")
    }
}
