/// e^x in single precision, by plain arithmetic that the compiler vectorises.
///
/// x = n ln 2 + r with |r| <= ln 2 / 2, e^r by a polynomial of degree 7 (Cephes' coefficients), times 2^n. The largest error over
/// all floats of -87.3 ... 88.3 is 0.991 units in the last place. Beyond that range the result saturates at the range's ends,
/// 1.2e-38 and 2.2e38, never 0 or infinity; a NaN stays a NaN.
@inline(__always)
public func fastExp(_ x: Float) -> Float {
    // Comparisons in this order let a NaN through: it must reach the loss, where training stops and names the layer.
    var clamped = x > 88.3 ? 88.3 : x
    clamped = clamped < -87.3 ? -87.3 : clamped
    // Adding 1.5 * 2^23 rounds to a whole number and leaves it in the low bits of the sum.
    let shifted = clamped * 1.442_695_04 + 12_582_912
    let n = shifted - 12_582_912
    let r = (clamped - n * 0.693_359_375) - n * -2.121_944_4e-4
    var p: Float = 1.987_569_15e-4
    p = p * r + 1.398_199_95e-3
    p = p * r + 8.333_451_9e-3
    p = p * r + 4.166_579_6e-2
    p = p * r + 1.666_666_55e-1
    p = p * r + 0.5
    let series = p * (r * r) + r + 1
    let power = Float(bitPattern: (shifted.bitPattern &+ 127) << 23)
    return series * power
}
