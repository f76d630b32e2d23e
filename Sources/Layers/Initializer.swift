import Memory

/// The distribution of a weight's first values.
public enum Initializer: String, Sendable, CaseIterable {
    /// Uniform in +-sqrt(6 / (inputs + outputs)) (Glorot and Bengio, 2010); Keras' default.
    case glorot
    /// Normal with variance 2 / inputs (He et al., 2015), for layers followed by ReLU.
    case he
    /// Orthonormal rows or columns (Saxe et al., 2014), for recurrent weights.
    case orthogonal
    /// 0, for biases.
    case zeros

    /// Fills a weight seen as a matrix [rows, columns].
    /// - Parameters:
    ///   - inputs: Values that flow into one output; `outputs`: values that one input flows into ("fan in" and "fan out").
    @_lifetime(weight: copy weight)
    public func fill(
        _ weight: inout MutableSpan<Float>, rows: Int, columns: Int, inputs: Int, outputs: Int, using random: inout Random
    ) {
        precondition(weight.count == rows * columns, "an initialiser of [\(rows), \(columns)] got \(weight.count) values")
        switch self {
        case .glorot:
            let limit = (6 / Double(inputs + outputs)).squareRoot()
            for i in weight.indices { weight[i] = Float(random.uniform(-limit, limit)) }
        case .he:
            let deviation = (2 / Double(inputs)).squareRoot()
            for i in weight.indices { weight[i] = Float(deviation * random.normal()) }
        case .orthogonal:
            fillOrthogonal(&weight, rows: rows, columns: columns, using: &random)
        case .zeros:
            for i in weight.indices { weight[i] = 0 }
        }
    }

    /// Gram-Schmidt (twice, for accuracy) over normal vectors along the shorter dimension.
    @_lifetime(weight: copy weight)
    private func fillOrthogonal(_ weight: inout MutableSpan<Float>, rows: Int, columns: Int, using random: inout Random) {
        let (vectors, length) = (min(rows, columns), max(rows, columns))
        var basis: [[Double]] = []
        while basis.count < vectors {
            var vector = (0..<length).map { _ in random.normal() }
            for _ in 0..<2 {
                for other in basis {
                    let overlap = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
                    for i in vector.indices { vector[i] -= overlap * other[i] }
                }
            }
            let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
            guard norm > 1e-6 else { continue }
            basis.append(vector.map { $0 / norm })
        }
        for row in 0..<rows {
            for column in 0..<columns {
                let value = rows <= columns ? basis[row][column] : basis[column][row]
                weight[row * columns + column] = Float(value)
            }
        }
    }
}
