/// Unfolds x [rows, steps, channels] into patches [rows, outputSteps, kernel, channels], zero where a tap stands over padding,
/// so that a convolution becomes one product ("im2col"; Chellapilla, Puri, Simard, 2006).
public func unfoldPatches(
    _ x: Span<Float>, rows: Int, channels: Int, _ geometry: WindowGeometry, into patches: inout MutableSpan<Float>
) {
    let width = geometry.kernel * channels
    precondition(
        x.count == rows * geometry.steps * channels && patches.count == rows * geometry.outputSteps * width,
        "unfoldPatches: \(x.count) and \(patches.count) floats do not fit \(rows) rows of \(channels) channels, \(geometry)")
    for row in 0..<rows {
        let source = row * geometry.steps * channels
        for output in 0..<geometry.outputSteps {
            let target = (row * geometry.outputSteps + output) * width
            let taps = geometry.taps(output: output)
            if geometry.dilation == 1, taps.count == geometry.kernel {
                // The taps are neighbours in memory: one copy.
                let from = source + geometry.step(output: output, tap: 0) * channels
                for i in 0..<width { patches[target + i] = x[from + i] }
                continue
            }
            for tap in 0..<geometry.kernel {
                let to = target + tap * channels
                if taps.contains(tap) {
                    let from = source + geometry.step(output: output, tap: tap) * channels
                    for c in 0..<channels { patches[to + c] = x[from + c] }
                } else {
                    for c in 0..<channels { patches[to + c] = 0 }
                }
            }
        }
    }
}

/// Adds patches [rows, outputSteps, kernel, channels] back onto the steps they came from, dx [rows, steps, channels], which is
/// overwritten: the transpose of `unfoldPatches` ("col2im").
public func foldPatches(
    _ patches: Span<Float>, rows: Int, channels: Int, _ geometry: WindowGeometry, into dx: inout MutableSpan<Float>
) {
    let width = geometry.kernel * channels
    precondition(
        dx.count == rows * geometry.steps * channels && patches.count == rows * geometry.outputSteps * width,
        "foldPatches: \(patches.count) and \(dx.count) floats do not fit \(rows) rows of \(channels) channels, \(geometry)")
    fill(&dx, 0)
    for row in 0..<rows {
        let target = row * geometry.steps * channels
        for output in 0..<geometry.outputSteps {
            let source = (row * geometry.outputSteps + output) * width
            for tap in geometry.taps(output: output) {
                let to = target + geometry.step(output: output, tap: tap) * channels
                let from = source + tap * channels
                for c in 0..<channels { dx[to + c] += patches[from + c] }
            }
        }
    }
}
