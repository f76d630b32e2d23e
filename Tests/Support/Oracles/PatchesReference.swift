import Kernels

/// p[r, o, k, c] = x[r, o stride - leading + k dilation, c], 0 outside the sequence: the patches that a convolution
/// multiplies.
public func unfoldPatchesReference(_ x: [Double], rows: Int, channels: Int, _ geometry: WindowGeometry) -> [Double] {
    var patches: [Double] = []
    for row in 0..<rows {
        for output in 0..<geometry.outputSteps {
            for tap in 0..<geometry.kernel {
                let step = output * geometry.stride - geometry.leading + tap * geometry.dilation
                for channel in 0..<channels {
                    let inside = step >= 0 && step < geometry.steps
                    patches.append(inside ? x[(row * geometry.steps + step) * channels + channel] : 0)
                }
            }
        }
    }
    return patches
}

/// dx[r, t, c] = the sum of p[r, o, k, c] over all o and k with o stride - leading + k dilation = t: the oracle of `foldPatches`.
public func foldPatchesReference(_ patches: [Double], rows: Int, channels: Int, _ geometry: WindowGeometry) -> [Double] {
    var dx: [Double] = []
    for row in 0..<rows {
        for step in 0..<geometry.steps {
            for channel in 0..<channels {
                var sum = 0.0
                for output in 0..<geometry.outputSteps {
                    for tap in 0..<geometry.kernel
                    where output * geometry.stride - geometry.leading + tap * geometry.dilation == step {
                        sum += patches[((row * geometry.outputSteps + output) * geometry.kernel + tap) * channels + channel]
                    }
                }
                dx.append(sum)
            }
        }
    }
    return dx
}

/// The convolution by its definition: y[r, o, f] = bias[f] + the sum over k and c of
/// weight[f, k, c] x[r, o stride - leading + k dilation, c].
///
/// The oracle of a `product` with overlapping rows. As everywhere in this field it is a correlation: the kernel is not flipped.
/// - Parameters:
///   - x: The sequences [rows, steps, channels].
///   - weight: The kernels [filters, kernel, channels].
///   - bias: One value a filter [filters].
/// - Returns: y [rows, outputSteps, filters].
public func convolution1DReference(
    _ x: [Double], weight: [Double], bias: [Double], rows: Int, channels: Int, _ geometry: WindowGeometry
) -> [Double] {
    let filters = bias.count
    var y: [Double] = []
    for row in 0..<rows {
        for output in 0..<geometry.outputSteps {
            for filter in 0..<filters {
                var sum = bias[filter]
                for tap in 0..<geometry.kernel {
                    let step = output * geometry.stride - geometry.leading + tap * geometry.dilation
                    guard step >= 0, step < geometry.steps else { continue }
                    for channel in 0..<channels {
                        sum +=
                            weight[(filter * geometry.kernel + tap) * channels + channel]
                            * x[(row * geometry.steps + step) * channels + channel]
                    }
                }
                y.append(sum)
            }
        }
    }
    return y
}
