import Kernels
import Oracles
import Testing

@testable import LinearAlgebra

/// `gemm` and what stands in for it without OpenBLAS, against `gemmReference`.
@Suite struct GEMMTests {
    struct Extents: Sendable, CustomTestStringConvertible {
        let m: Int, n: Int, k: Int
        var testDescription: String { "m \(m), n \(n), k \(k)" }
    }

    static let table: [Extents] = [
        (0, 0, 0), (0, 3, 2), (3, 0, 2), (3, 2, 0), (1, 1, 1), (1, 7, 5), (7, 1, 5), (7, 5, 1), (2, 3, 4), (5, 5, 5),
        (13, 17, 19),
        (16, 16, 16), (17, 15, 33), (31, 6, 64), (128, 18, 18), (1, 108, 27), (65, 63, 3), (40, 129, 70),
    ].map { Extents(m: $0.0, n: $0.1, k: $0.2) }

    /// Marks what must not be written: the elements between and behind the rows.
    static let sentinel: Float = -12345

    /// A matrix in memory with `padding` sentinels behind every row, and its leading dimension.
    struct Padded {
        var values: [Float]
        let leading: Int

        init(rows: Int, columns: Int, padding: Int, seed: Int) {
            leading = max(1, columns + padding)
            values = [Float](repeating: sentinel, count: rows * leading)
            for row in 0..<rows {
                for column in 0..<columns {
                    // Fractions of both signs without a pattern that a swapped index would survive.
                    values[row * leading + column] = Float((row * 7919 + column * 104_729 + seed * 31) % 2003) / 1001.5 - 1
                }
            }
        }

        /// A matrix [rows, columns] as the product reads it, standing in memory in this orientation.
        init(rows: Int, columns: Int, _ orientation: Orientation, padding: Int, seed: Int) {
            switch orientation {
            case .plain: self.init(rows: rows, columns: columns, padding: padding, seed: seed)
            case .transposed: self.init(rows: columns, columns: rows, padding: padding, seed: seed)
            }
        }
    }

    /// What computes a product.
    enum Way: Sendable, CustomTestStringConvertible {
        case gemm
        case portable(KernelSet)

        static let all: [Way] = [.gemm] + KernelSet.available.map(Way.portable)

        var testDescription: String {
            switch self {
            case .gemm: "gemm"
            case .portable(let kernels): "portable, \(kernels)"
            }
        }
    }

    @Test(arguments: Way.all, table)
    func agreesWithTheReference(way: Way, extents: Extents) throws {
        // Without it `gemm` is the portable product.
        try BLAS.load()
        for padding in [0, 3] {
            for orientationA in [Orientation.plain, .transposed] {
                for orientationB in [Orientation.plain, .transposed] {
                    for accumulate in [false, true] {
                        check(way, extents, padding: padding, orientationA, orientationB, accumulate: accumulate)
                    }
                }
            }
        }
    }

    private func check(
        _ way: Way, _ extents: Extents, padding: Int, _ orientationA: Orientation, _ orientationB: Orientation, accumulate: Bool
    ) {
        let (m, n, k) = (extents.m, extents.n, extents.k)
        let a = Padded(rows: m, columns: k, orientationA, padding: padding, seed: 1)
        let b = Padded(rows: k, columns: n, orientationB, padding: padding, seed: 2)
        var c = Padded(rows: m, columns: n, padding: padding, seed: 3)
        var expected = c
        let ldc = c.leading
        var span = c.values.mutableSpan
        switch way {
        case .gemm:
            gemm(
                m: m, n: n, k: k, a.values.span, lda: a.leading, orientationA, b.values.span, ldb: b.leading, orientationB,
                into: &span, ldc: ldc, accumulate: accumulate)
        case .portable(let kernels):
            guard m > 0, n > 0, k > 0 else { return }
            portableProduct(
                m: m, n: n, k: k, a.values.span, lda: a.leading, orientationA, b.values.span, ldb: b.leading, orientationB,
                into: &span, ldc: ldc, accumulate: accumulate, kernels: kernels)
        }
        var expectedSpan = expected.values.mutableSpan
        gemmReference(
            m: m, n: n, k: k, a.values.span, lda: a.leading, orientationA, b.values.span, ldb: b.leading, orientationB,
            into: &expectedSpan, ldc: ldc, accumulate: accumulate)

        var worst: Float = 0
        for (place, (value, wanted)) in zip(c.values, expected.values).enumerated() {
            if place % ldc < n {
                worst = max(worst, abs(value - wanted))
            } else {
                #expect(value == GEMMTests.sentinel && wanted == GEMMTests.sentinel, "written behind a row, at \(place)")
            }
        }
        // k products of magnitude at most 1, each rounded to 24 bits.
        #expect(worst <= Float(k + 1) * 2e-7, "A \(orientationA), B \(orientationB), accumulate \(accumulate)")
    }

    /// Known by hand, so that the reference has an oracle of its own.
    @Test func theReferenceMultiplies() {
        let a: [Float] = [1, 2, 3, 4, 5, 6]
        let b: [Float] = [1, 0, 2, 1, 0, -1]
        var c: [Float] = [1, 1, 1, 1]
        var span = c.mutableSpan
        gemmReference(m: 2, n: 2, k: 3, a.span, lda: 3, .plain, b.span, ldb: 2, .plain, into: &span, ldc: 2)
        #expect(c == [5, -1, 14, -1])
        // A reads as [[1, 3, 5], [2, 4, 6]] and B as [[1, 1], [0, 0], [2, -1]]: the product [[11, -4], [14, -4]] is added.
        var more = c.mutableSpan
        gemmReference(
            m: 2, n: 2, k: 3, a.span, lda: 2, .transposed, b.span, ldb: 3, .transposed, into: &more, ldc: 2, accumulate: true)
        #expect(c == [16, -5, 28, -5])
    }

    @Test func withoutAccumulationWhatStoodInCDoesNotMatter() {
        let a: [Float] = [2]
        var c: [Float] = [.nan]
        var span = c.mutableSpan
        gemm(m: 1, n: 1, k: 1, a.span, lda: 1, .plain, a.span, ldb: 1, .plain, into: &span, ldc: 1)
        #expect(c == [4])
        c = [.nan]
        var empty = c.mutableSpan
        gemm(m: 1, n: 1, k: 0, a.span, lda: 1, .plain, a.span, ldb: 1, .plain, into: &empty, ldc: 1)
        #expect(c == [0])
    }

    @Test func aLeadingDimensionBelowTheColumnsStopsTheProgram() async {
        await #expect(processExitsWith: .failure) {
            let a = [Float](repeating: 1, count: 100)
            var c = a
            var span = c.mutableSpan
            gemm(m: 4, n: 4, k: 4, a.span, lda: 3, .plain, a.span, ldb: 4, .plain, into: &span, ldc: 4)
        }
    }

    @Test func tooFewElementsStopTheProgram() async {
        await #expect(processExitsWith: .failure) {
            let a = [Float](repeating: 1, count: 16)
            var c = [Float](repeating: 1, count: 15)
            var span = c.mutableSpan
            gemm(m: 4, n: 4, k: 4, a.span, lda: 4, .plain, a.span, ldb: 4, .plain, into: &span, ldc: 4)
        }
    }
}
