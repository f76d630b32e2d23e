/// Maximum over each window: x [rows, steps, channels] to y [rows, outputSteps, channels]. Padding never wins; a NaN does.
///
/// A window all of whose taps stand over padding, as a dilated one can, gives 0.
@_lifetime(y: copy y)
public func maxPoolForward(
    _ x: Span<Float>, rows: Int, channels: Int, _ geometry: WindowGeometry, into y: inout MutableSpan<Float>
) {
    checkPool(x.count, y.count, rows: rows, channels: channels, geometry)
    for row in 0..<rows {
        for output in 0..<geometry.outputSteps {
            let to = (row * geometry.outputSteps + output) * channels
            let taps = geometry.taps(output: output)
            guard let first = taps.first else {
                for c in 0..<channels { y[to + c] = 0 }
                continue
            }
            var from = (row * geometry.steps + geometry.step(output: output, tap: first)) * channels
            for c in 0..<channels { y[to + c] = x[from + c] }
            for tap in taps.dropFirst() {
                from = (row * geometry.steps + geometry.step(output: output, tap: tap)) * channels
                for c in 0..<channels {
                    let candidate = x[from + c]
                    if candidate > y[to + c] || candidate.isNaN { y[to + c] = candidate }
                }
            }
        }
    }
}

/// The gradient of `maxPoolForward`: dy goes to the first tap that holds the maximum, dx [rows, steps, channels] is overwritten.
///
/// Which tap held the maximum is found again by comparing x with y, which costs less than storing it.
@_lifetime(dx: copy dx)
public func maxPoolBackward(
    x: Span<Float>, y: Span<Float>, dy: Span<Float>, rows: Int, channels: Int, _ geometry: WindowGeometry,
    into dx: inout MutableSpan<Float>
) {
    checkPool(x.count, y.count, rows: rows, channels: channels, geometry)
    precondition(dy.count == y.count && dx.count == x.count, "max-pool gradient: extents \(dy.count), \(dx.count)")
    if geometry.kernel == 2, geometry.stride == 2, geometry.dilation == 1, geometry.leading == 0,
        geometry.steps == 2 * geometry.outputSteps
    {
        // The windows tile the sequence: every dx is written once.
        for window in 0..<rows * geometry.outputSteps {
            let first = 2 * window * channels
            let second = first + channels
            let output = window * channels
            for c in 0..<channels {
                let firstWins = x[first + c] == y[output + c]
                dx[first + c] = firstWins ? dy[output + c] : 0
                dx[second + c] = firstWins ? 0 : dy[output + c]
            }
        }
        return
    }
    fill(&dx, 0)
    for row in 0..<rows {
        for output in 0..<geometry.outputSteps {
            let from = (row * geometry.outputSteps + output) * channels
            let taps = geometry.taps(output: output)
            for c in 0..<channels {
                for tap in taps {
                    let to = (row * geometry.steps + geometry.step(output: output, tap: tap)) * channels + c
                    if x[to] == y[from + c] {
                        dx[to] += dy[from + c]
                        break
                    }
                }
            }
        }
    }
}

/// Mean over the steps of each window: x [rows, steps, channels] to y [rows, outputSteps, channels].
///
/// A window all of whose taps stand over padding, as a dilated one can, gives 0.
/// - Parameter countsPadding: Whether padding counts as steps of zeros (PyTorch's `count_include_pad`) or not at all, as in TensorFlow.
@_lifetime(y: copy y)
public func averagePoolForward(
    _ x: Span<Float>, rows: Int, channels: Int, _ geometry: WindowGeometry, countsPadding: Bool = false,
    into y: inout MutableSpan<Float>
) {
    checkPool(x.count, y.count, rows: rows, channels: channels, geometry)
    fill(&y, 0)
    for row in 0..<rows {
        for output in 0..<geometry.outputSteps {
            let to = (row * geometry.outputSteps + output) * channels
            let taps = geometry.taps(output: output)
            let share = 1 / Float(countsPadding ? geometry.kernel : taps.count)
            for tap in taps {
                let from = (row * geometry.steps + geometry.step(output: output, tap: tap)) * channels
                for c in 0..<channels { y[to + c] += x[from + c] * share }
            }
        }
    }
}

/// The gradient of `averagePoolForward`; dx [rows, steps, channels] is overwritten.
@_lifetime(dx: copy dx)
public func averagePoolBackward(
    dy: Span<Float>, rows: Int, channels: Int, _ geometry: WindowGeometry, countsPadding: Bool = false,
    into dx: inout MutableSpan<Float>
) {
    checkPool(dx.count, dy.count, rows: rows, channels: channels, geometry)
    fill(&dx, 0)
    for row in 0..<rows {
        for output in 0..<geometry.outputSteps {
            let from = (row * geometry.outputSteps + output) * channels
            let taps = geometry.taps(output: output)
            let share = 1 / Float(countsPadding ? geometry.kernel : taps.count)
            for tap in taps {
                let to = (row * geometry.steps + geometry.step(output: output, tap: tap)) * channels
                for c in 0..<channels { dx[to + c] += dy[from + c] * share }
            }
        }
    }
}

private func checkPool(_ inputs: Int, _ outputs: Int, rows: Int, channels: Int, _ geometry: WindowGeometry) {
    precondition(
        inputs == rows * geometry.steps * channels && outputs == rows * geometry.outputSteps * channels,
        "pooling: \(inputs) and \(outputs) floats do not fit \(rows) rows of \(channels) channels, \(geometry)")
}
