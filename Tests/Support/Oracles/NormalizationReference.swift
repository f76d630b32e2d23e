import Kernels

/// Mean and biased variance of each channel of x [rows, channels]: the oracle of `channelStatistics`.
public func channelStatisticsReference(_ x: [Double], rows: Int, channels: Int) -> (mean: [Double], variance: [Double]) {
    guard rows > 0 else { return ([Double](repeating: 0, count: channels), [Double](repeating: 0, count: channels)) }
    var result = (mean: [Double](), variance: [Double]())
    for channel in 0..<channels {
        let column = (0..<rows).map { x[$0 * channels + channel] }
        let mean = column.reduce(0, +) / Double(rows)
        result.mean.append(mean)
        result.variance.append(column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rows))
    }
    return result
}

/// y = (x - mean) / sqrt(variance + epsilon) weight + bias over the channels of x: the oracle of `normalizeForward`.
/// - Parameters:
///   - mean: One value a channel [channels]; likewise `variance`, `weight`, `bias`.
/// - Returns: y [rows, channels].
public func normalizeForwardReference(
    _ x: [Double], mean: [Double], variance: [Double], epsilon: Double, weight: [Double], bias: [Double]
) -> [Double] {
    x.indices.map { i in
        let channel = i % mean.count
        return (x[i] - mean[channel]) / (variance[channel] + epsilon).squareRoot() * weight[channel] + bias[channel]
    }
}

/// The gradient of `normalizeForwardReference` with the statistics of x itself: the oracle of `normalizeBackward`.
///
/// With n rows, d = sqrt(variance + epsilon) and x^ = (x - mean) / d, summed over the Jacobian
/// dx^_k / dx_i = ([k = i] - 1/n - x^_k x^_i / n) / d.
/// - Returns: The gradients of x [rows, channels], of the weight and of the bias [channels].
public func normalizeBackwardReference(
    _ x: [Double], dy: [Double], rows: Int, epsilon: Double, weight: [Double]
) -> (dx: [Double], dWeight: [Double], dBias: [Double]) {
    let channels = weight.count
    let (mean, variance) = channelStatisticsReference(x, rows: rows, channels: channels)
    var result = (dx: x, dWeight: [Double](), dBias: [Double]())
    for channel in 0..<channels {
        let deviation = (variance[channel] + epsilon).squareRoot()
        let normal = (0..<rows).map { (x[$0 * channels + channel] - mean[channel]) / deviation }
        let dColumn = (0..<rows).map { dy[$0 * channels + channel] }
        for i in 0..<rows {
            var sum = 0.0
            for k in 0..<rows {
                let share = (k == i ? 1 : 0) - 1 / Double(rows) - normal[k] * normal[i] / Double(rows)
                sum += dColumn[k] * weight[channel] * share / deviation
            }
            result.dx[i * channels + channel] = sum
        }
        result.dWeight.append(zip(dColumn, normal).reduce(0) { $0 + $1.0 * $1.1 })
        result.dBias.append(dColumn.reduce(0, +))
    }
    return result
}
