import Memory

extension Tensor {
    /// A tensor of numbers drawn evenly from lower ..< upper.
    public static func uniform(
        _ shape: Shape, from lower: Float = 0, to upper: Float = 1, using random: inout Random
    ) -> Tensor {
        // Rounding to Float could reach the upper bound.
        zeros(shape).map { _ in Swift.min(Float(random.uniform(Double(lower), Double(upper))), upper.nextDown) }
    }

    /// A tensor of numbers drawn from a normal distribution.
    public static func normal(
        _ shape: Shape, mean: Float = 0, deviation: Float = 1, using random: inout Random
    ) -> Tensor {
        zeros(shape).map { _ in mean + deviation * Float(random.normal()) }
    }
}
