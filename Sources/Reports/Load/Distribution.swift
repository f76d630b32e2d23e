import Charts

/// Values in their order, and their mean.
struct Distribution {
    /// The values, and those that shares of all do not exceed.
    let quantiles: Quantiles
    let mean: Double

    /// - Parameter name: Whose values they are, for the error.
    /// - Throws: A `ChartError` where there is no value.
    init(_ values: [Double], of name: String) throws(ChartError) {
        quantiles = try Quantiles(values, of: name)
        mean = Distribution.mean(values)
    }

    static func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    /// Half the width of the interval in which the mean lies with a probability of 95 %, by Student's t over the means of repeats; nil for
    /// a single one. The requests of a repeat tell little of it: each waits for those before it.
    static func confidence(ofMeans means: [Double]) -> Double? {
        guard means.count > 1 else { return nil }
        let (count, mean) = (Double(means.count), mean(means))
        let squares = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return quantile(degrees: means.count - 1) * (squares / (count - 1) / count).squareRoot()
    }

    /// The 97.5th percentile of Student's t; from ten degrees on within a hundredth.
    private static func quantile(degrees: Int) -> Double {
        let few = [12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262]
        return degrees <= few.count ? few[degrees - 1] : 1.96 + 2.5 / Double(degrees)
    }
}
