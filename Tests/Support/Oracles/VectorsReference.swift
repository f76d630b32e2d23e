import Kernels

/// Every value limited to -limit ... limit; a NaN stays a NaN: the oracle of `clip`.
public func clipReference(_ x: [Double], to limit: Double) -> [Double] {
    x.map { $0.isNaN ? .nan : min(max($0, -limit), limit) }
}

/// The sum of the squares: the oracle of `sumOfSquares`.
public func sumOfSquaresReference(_ x: [Double]) -> Double {
    x.reduce(0) { $0 + $1 * $1 }
}

/// The sum of each column of x [rows, columns]: the oracle of what `addColumnSums` adds.
public func columnSumsReference(_ x: [Double], rows: Int, columns: Int) -> [Double] {
    (0..<columns).map { column in
        (0..<rows).reduce(0) { $0 + x[$1 * columns + column] }
    }
}
