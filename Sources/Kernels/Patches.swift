/// Adds patches [rows, outputSteps, kernel, channels] back onto the steps they came from, dx [rows, steps, channels], which is
/// overwritten: the transpose of reading patches ("col2im"; Chellapilla, Puri, Simard, 2006).
@_lifetime(dx: copy dx)
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
