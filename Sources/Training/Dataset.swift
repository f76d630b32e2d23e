import Kernels
import Memory

/// Labelled rows in memory, as training reads them: values [count, shape], already standardised.
public struct Dataset: Sendable {
    /// The number of rows.
    public let count: Int
    /// The shape of one row: [steps, channels].
    public let shape: Shape
    /// The class of each row, from 0.
    public let labels: [UInt8]
    private let values: Arena

    /// Copies rows.
    /// - Parameters:
    ///   - values: The rows one after another, [count] + `shape`.
    ///   - shape: The shape of one row: [steps, channels].
    ///   - labels: The class of each row, from 0; [count].
    /// - Precondition: `values` holds as many rows of `shape` as there are labels.
    public init(values: [Float], shape: Shape, labels: [UInt8]) {
        precondition(
            values.count == labels.count * shape.count,
            "\(labels.count) rows of \(shape) need \(labels.count * shape.count) values")
        self.shape = shape
        self.labels = labels
        count = labels.count
        self.values = Arena(count: values.count)
        var target = self.values.write(self.values.all)
        for i in values.indices { target[i] = values[i] }
    }

    /// The values of a row.
    @_lifetime(borrow self)
    func row(_ index: Int) -> Span<Float> {
        values.read(Slot(offset: index * shape.count, count: shape.count))
    }

    /// Copies a row to place `position` of rows one after another.
    @_lifetime(target: copy target)
    func copyRow(_ index: Int, to target: inout MutableSpan<Float>, at position: Int) {
        let source = row(index)
        copyRows(
            source, rows: 1, width: source.count, rowStride: source.count, to: &target, from: position * shape.count,
            rowStride: source.count)
    }
}
