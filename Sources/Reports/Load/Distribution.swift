import Charts

/// Values in their order, and their mean.
struct Distribution {
    /// The values, and those that shares of all do not exceed.
    let quantiles: Quantiles
    let mean: Double
    /// Half the width of the interval in which the mean lies with a probability of 95 %, by the normal distribution; 0 for one value.
    let confidence: Double

    /// - Parameter name: Whose values they are, for the error.
    /// - Throws: A `ChartError` where there is no value.
    init(_ values: [Double], of name: String) throws(ChartError) {
        quantiles = try Quantiles(values, of: name)
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        self.mean = mean
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        confidence = values.count < 2 ? 0 : 1.96 * (squares / (count - 1) / count).squareRoot()
    }
}
