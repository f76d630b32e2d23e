import CKernels

/// x[i] = (x[i] - mean[i mod n]) inverse[i mod n] for n means and inverse deviations: standardises windows one after the other.
@_lifetime(x: copy x)
public func standardize(
    _ x: inout MutableSpan<Float>, mean: Span<Float>, inverse: Span<Float>, kernels: KernelSet = .current
) {
    let period = mean.count
    precondition(
        inverse.count == period && (period > 0 ? x.count.isMultiple(of: period) : x.isEmpty),
        "standardize: \(x.count) floats, \(period) means, \(inverse.count) inverse deviations")
    let count = x.count
    unsafe x.withUnsafeMutableBufferPointer { x in
        unsafe mean.withUnsafeBufferPointer { mean in
            unsafe inverse.withUnsafeBufferPointer { inverse in
                unsafe kernels.table.pointee.standardize(
                    x.baseAddress, mean.baseAddress, inverse.baseAddress, period, count)
            }
        }
    }
}

/// Mean and (biased) variance of each channel of x [rows, channels], in two passes.
@_lifetime(mean: copy mean)
@_lifetime(variance: copy variance)
public func channelStatistics(
    _ x: Span<Float>, rows: Int, mean: inout MutableSpan<Float>, variance: inout MutableSpan<Float>
) {
    let channels = mean.count
    precondition(
        x.count == rows * channels && variance.count == channels, "statistics: \(x.count) floats for [\(rows), \(channels)]")
    let share = rows > 0 ? 1 / Float(rows) : 0
    fill(&mean, 0)
    fill(&variance, 0)
    for row in 0..<rows {
        for c in 0..<channels { mean[c] += x[row * channels + c] * share }
    }
    for row in 0..<rows {
        for c in 0..<channels {
            let distance = x[row * channels + c] - mean[c]
            variance[c] += distance * distance * share
        }
    }
}

/// y = (x - mean) / sqrt(variance + epsilon) * weight + bias over the channels of x [rows, channels]
/// (Ioffe and Szegedy, "Batch Normalization", 2015).
@_lifetime(y: copy y)
public func normalizeForward(
    _ x: Span<Float>, rows: Int, mean: Span<Float>, variance: Span<Float>, epsilon: Float, weight: Span<Float>,
    bias: Span<Float>, into y: inout MutableSpan<Float>
) {
    let channels = mean.count
    precondition(
        x.count == rows * channels && y.count == x.count && variance.count == channels && weight.count == channels
            && bias.count == channels, "normalize: \(x.count) floats for [\(rows), \(channels)]")
    for row in 0..<rows {
        for c in 0..<channels {
            let i = row * channels + c
            y[i] = (x[i] - mean[c]) / (variance[c] + epsilon).squareRoot() * weight[c] + bias[c]
        }
    }
}

/// The gradient of `normalizeForward` where mean and variance are those of x itself.
///
/// With n rows, d = 1 / sqrt(variance + epsilon) and x^ = (x - mean) d:
/// dx = weight d (dy - sum(dy) / n - x^ sum(dy x^) / n); dWeight += sum(dy x^), dBias += sum(dy).
/// - Parameters:
///   - sums: Scratch of two floats a channel.
@_lifetime(sums: copy sums)
@_lifetime(dWeight: copy dWeight)
@_lifetime(dBias: copy dBias)
@_lifetime(dx: copy dx)
public func normalizeBackward(
    _ x: Span<Float>, dy: Span<Float>, rows: Int, mean: Span<Float>, variance: Span<Float>, epsilon: Float,
    weight: Span<Float>, sums: inout MutableSpan<Float>, dWeight: inout MutableSpan<Float>, dBias: inout MutableSpan<Float>,
    into dx: inout MutableSpan<Float>
) {
    let channels = mean.count
    precondition(
        x.count == rows * channels && dy.count == x.count && (dx.isEmpty || dx.count == x.count)
            && sums.count == 2 * channels && variance.count == channels && weight.count == channels
            && dWeight.count == channels && dBias.count == channels,
        "normalize gradient: \(x.count) floats for [\(rows), \(channels)]")
    fill(&sums, 0)
    for row in 0..<rows {
        for c in 0..<channels {
            let i = row * channels + c
            sums[c] += dy[i]
            sums[channels + c] += dy[i] * ((x[i] - mean[c]) / (variance[c] + epsilon).squareRoot())
        }
    }
    for c in 0..<channels {
        dBias[c] += sums[c]
        dWeight[c] += sums[channels + c]
    }
    guard !dx.isEmpty else { return }
    let share = 1 / Float(rows)
    for row in 0..<rows {
        for c in 0..<channels {
            let i = row * channels + c
            let d = 1 / (variance[c] + epsilon).squareRoot()
            let normal = (x[i] - mean[c]) * d
            dx[i] = weight[c] * d * (dy[i] - (sums[c] + normal * sums[channels + c]) * share)
        }
    }
}
