/// Every value limited to -limit ... limit; a NaN stays a NaN: the oracle of `clip`.
public func clipReference(_ x: [Double], to limit: Double) -> [Double] {
    x.map { $0.isNaN ? .nan : min(max($0, -limit), limit) }
}

/// The sum of the squares: the oracle of `sumOfSquares`.
public func sumOfSquaresReference(_ x: [Double]) -> Double {
    x.reduce(0) { $0 + $1 * $1 }
}

/// `rows` copies of the row, [rows, columns]: the oracle of `repeatRow`.
public func repeatRowReference(_ row: [Double], rows: Int) -> [Double] {
    (0..<rows).flatMap { _ in row }
}

/// The sum of each column of x [rows, columns]: the oracle of what `addColumnSums` adds.
public func columnSumsReference(_ x: [Double], rows: Int, columns: Int) -> [Double] {
    (0..<columns).map { column in
        (0..<rows).reduce(0) { $0 + x[$1 * columns + column] }
    }
}

/// y[m, o, i] = x[o, m, i]: the oracle of `swapOuterDimensions`.
public func swapOuterDimensionsReference(_ x: [Double], outer: Int, middle: Int, inner: Int) -> [Double] {
    (0..<outer * middle * inner).map { place in
        let i = place % inner
        let o = place / inner % outer
        let m = place / inner / outer
        return x[(o * middle + m) * inner + i]
    }
}
