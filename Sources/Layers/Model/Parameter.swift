import Memory

/// A named part of a model's state: trained by gradients, or a running statistic.
public struct Parameter: Sendable, Equatable {
    /// What changes the values.
    public enum Role: Sendable, Equatable {
        /// The optimizer does, along the gradient.
        case weight
        /// A moving average over training batches, in which the newest has the share `momentum`; takes part in no gradient.
        case statistic(momentum: Double)
    }

    /// The name in PyTorch's way: "conv1.weight", "lstm.bias_ih_l0".
    public let name: String
    /// The shape in memory, input dimensions first: [in, out] of a dense layer.
    public let shape: Shape
    /// What changes the values.
    public let role: Role
    /// The region of the weight arena or, for a statistic, of the statistics arena.
    public let slot: Slot
    /// The name of a second bias that files hold and memory does not: it is added when read and written as zeros.
    ///
    /// PyTorch's LSTM has two biases that only ever act as their sum.
    public let addend: String?
    /// The shape in a file: memory's dimensions in the opposite order, as PyTorch has them ([out, in]; [out, in, kernel]),
    /// where a layer behind a Flatten sees the dimensions before it as one.
    public let fileShape: Shape

    init(name: String, shape: Shape, role: Role, slot: Slot, addend: String? = nil, fileRank: Int) {
        self.name = name
        self.shape = shape
        self.role = role
        self.slot = slot
        self.addend = addend
        let kept = max(0, fileRank - 1)
        let outer = shape.reversed.dimensions
        fileShape = fileRank == shape.rank ? shape.reversed : Shape(Array(outer[..<kept]) + [outer[kept...].reduce(1, *)])
    }

    /// Memory's values in the order of a file: all dimensions reversed.
    public func fileOrder(_ memory: Span<Float>) -> [Float] {
        reordered(memory, shape: shape)
    }

    /// The same as bytes, little-endian.
    public func fileBytes(_ memory: Span<Float>) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: memory.count * MemoryLayout<Float>.stride) { bytes, count in
            let floats = unsafe UnsafeMutableRawBufferPointer(bytes).bindMemory(to: Float.self)
            unsafe reorder(memory, shape: shape, into: floats)
            count = memory.count * MemoryLayout<Float>.stride
        }
    }

    /// A file's values in the order of memory.
    public func memoryOrder(_ file: Span<Float>) -> [Float] {
        reordered(file, shape: shape.reversed)
    }

    private func reordered(_ values: Span<Float>, shape: Shape) -> [Float] {
        unsafe [Float](unsafeUninitializedCapacity: values.count) { target, count in
            unsafe reorder(values, shape: shape, into: target)
            count = values.count
        }
    }

    private func reorder(_ values: Span<Float>, shape: Shape, into target: UnsafeMutableBufferPointer<Float>) {
        precondition(values.count == shape.count, "\(name): \(values.count) values for the shape \(shape)")
        let padded = Array(repeating: 1, count: Shape.maximumRank - shape.rank) + shape.dimensions
        for a in 0..<padded[0] {
            for b in 0..<padded[1] {
                for c in 0..<padded[2] {
                    for d in 0..<padded[3] {
                        let from = ((a * padded[1] + b) * padded[2] + c) * padded[3] + d
                        let to = ((d * padded[2] + c) * padded[1] + b) * padded[0] + a
                        unsafe target.initializeElement(at: to, to: values[from])
                    }
                }
            }
        }
    }
}
