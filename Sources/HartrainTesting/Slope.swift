/// The derivative of a function of one value by central differences, at two distances.
package struct Slope {
    /// Extrapolated from both distances, so that the error falls with their fourth power (Richardson).
    let estimate: Double
    /// How far the two distances disagree: small unless the derivative jumps in between.
    let disagreement: Double

    package init(at value: Float, of function: (Float) -> Double) {
        func difference(_ distance: Float) -> Double {
            let (right, left) = (value + distance, value - distance)
            return (function(right) - function(left)) / (Double(right) - Double(left))
        }
        let wide = difference(0x1p-6)
        let narrow = difference(0x1p-7)
        estimate = (4 * narrow - wide) / 3
        disagreement = abs(wide - narrow)
    }
}

/// The largest difference allowed between a gradient and its estimate, relative to the largest value of the gradient: differences
/// of single-precision sums are no better.
let slopeTolerance = 3e-4

/// The places where a gradient is not the slope, as texts; none where all is well.
/// - Parameter hasKinks: Whether places where the two distances of a slope disagree are left out; at most half may be.
package func gradientMismatches(_ name: String, _ gradient: [Float], hasKinks: Bool, slope: (Int) -> Slope) -> [String] {
    let slopes = gradient.indices.map(slope)
    let scale = slopes.reduce(0.1) { max($0, abs($1.estimate)) }
    var mismatches: [String] = []
    var kinks = 0
    for (index, slope) in slopes.enumerated() {
        if hasKinks, slope.disagreement > slopeTolerance * scale {
            kinks += 1
            continue
        }
        let error = abs(Double(gradient[index]) - slope.estimate)
        // Not "above": a NaN is a mismatch, too.
        if !(error <= slopeTolerance * scale) {
            mismatches.append("\(name)[\(index)]: the gradient is \(gradient[index]), the slope \(slope.estimate)")
        }
    }
    if 2 * kinks > slopes.count {
        mismatches.append("\(name): \(kinks) of \(slopes.count) places are near a kink, too many to say anything")
    }
    return mismatches
}
