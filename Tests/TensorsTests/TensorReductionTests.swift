import Tensors
import Testing

@Suite struct TensorReductionTests {
    let t: Tensor = [[[1, 2], [3, 4], [5, 9]], [[-1, 0], [2, 2], [8, -4]]]

    /// NumPy: t.sum(), t.mean(), t.var(), t.var(ddof=1), t.max(), t.min(), t.argmax().
    @Test func ofEverything() throws {
        #expect(t.sum() == 31)
        #expect(t.mean() == 2.5833333)
        #expect(abs(t.variance() - 12.07638889) < 1e-5)
        #expect(abs(t.variance(correction: 1) - 13.17424242) < 1e-5)
        #expect(try t.max() == 9)
        #expect(try t.min() == -4)
        #expect(try t.argmax() == 5)
    }

    @Test func sums() throws {
        #expect(try t.sum(axis: 0) == [[0, 2], [5, 6], [13, 5]])
        #expect(try t.sum(axis: 1) == [[9, 15], [9, -2]])
        #expect(try t.sum(axis: 2) == [[3, 7, 14], [-1, 4, 4]])
        #expect(try t.sum(axis: -1) == t.sum(axis: 2))
        #expect(try t.sum(axis: 1, keepDimensions: true) == [[[9, 15]], [[9, -2]]])
    }

    @Test func means() throws {
        #expect(try t.mean(axis: 0) == [[0, 1], [2.5, 3], [6.5, 2.5]])
        expect(try t.mean(axis: 1), isClose: [[3, 5], [3, -0.6666666667]])
        #expect(try t.mean(axis: 2, keepDimensions: true).shape == [2, 3, 1])
    }

    @Test func variances() throws {
        #expect(try t.variance(axis: 0) == [[1, 1], [0.25, 1], [2.25, 42.25]])
        #expect(try t.variance(axis: 2, correction: 1) == [[0.5, 0.5, 8], [0.5, 0, 72]])
        #expect(try t.variance(axis: 1, keepDimensions: true).shape == [2, 1, 2])
        #expect(Tensor([3]).variance(correction: 1).isNaN)
    }

    @Test func extremes() throws {
        #expect(try t.max(axis: 0) == [[1, 2], [3, 4], [8, 9]])
        #expect(try t.max(axis: 1) == [[5, 9], [8, 2]])
        #expect(try t.min(axis: 1) == [[1, 2], [-1, -4]])
        #expect(try t.min(axis: 2, keepDimensions: true) == [[[1], [3], [5]], [[-1], [2], [-4]]])
        #expect(try t.argmax(axis: 0) == [0, 0, 0, 0, 1, 0])
        #expect(try t.argmax(axis: 1) == [2, 2, 2, 1])
        #expect(try t.argmax(axis: -1) == [1, 1, 1, 1, 0, 0])
        #expect(try Tensor([-.infinity, -.infinity]).argmax() == 0)
        #expect(try Tensor([-.infinity, -.infinity]).max() == -.infinity)
    }

    @Test func aNaNIsTheExtreme() throws {
        let x = Tensor([1, .nan, 5, .nan])
        #expect(try x.max().isNaN)
        #expect(try x.min().isNaN)
        #expect(try x.argmax() == 1)
    }

    @Test func emptyTensors() throws {
        let empty = Tensor.zeros([2, 0])
        #expect(empty.sum() == 0)
        #expect(empty.mean().isNaN)
        #expect(empty.variance().isNaN)
        #expect(try empty.sum(axis: 1) == [0, 0])
        #expect(try empty.sum(axis: 0).shape == [0])
        #expect(try empty.max(axis: 0).shape == [0])
        #expect(try empty.argmax(axis: 0) == [])
        #expect(try empty.softmax().shape == [2, 0])
        expectShapeError("max: [2, 0] does not fit: there are no elements") { () throws(ShapeError) in try empty.max() }
        expectShapeError("min: [2, 0] does not fit: there are no elements") { () throws(ShapeError) in try empty.min() }
        expectShapeError("argmax: [2, 0] does not fit: axis 1 is empty") { () throws(ShapeError) in try empty.argmax(axis: 1) }
        expectShapeError("max: [2, 0] does not fit: axis 1 is empty") { () throws(ShapeError) in try empty.max(axis: 1) }
    }

    @Test func scalars() throws {
        #expect(Tensor(4).sum() == 4)
        #expect(try Tensor(4).max() == 4)
        expectShapeError("sum: [] does not fit: a scalar has no axis 0") { () throws(ShapeError) in try Tensor(4).sum(axis: 0) }
        expectShapeError("mean: [2, 3, 2] does not fit: axis -4 is outside -3 ... 2") { () throws(ShapeError) in
            try t.mean(axis: -4)
        }
        expectShapeError("softmax: [] does not fit: a scalar has no axis -1") { () throws(ShapeError) in try Tensor(4).softmax() }
    }

    /// A sum in single precision would stop at 2^24 and lose the small part.
    @Test func sumsAreKeptInDoublePrecision() throws {
        let big = try Tensor.concatenated([[16_777_216], Tensor.ones([1000])])
        #expect(big.sum() == 16_778_216)
        #expect(try big.expanded(at: 0).sum(axis: 1) == [16_778_216])
        #expect(try big.expanded(at: 1).sum(axis: 0) == [16_778_216])
        let shifted: Tensor = [1_000_001, 1_000_002, 1_000_003]
        #expect(abs(shifted.variance() - 2.0 / 3) < 1e-6)
        #expect(Tensor.full([1_000_000], 0.1).mean() == 0.1)
    }

    /// NumPy 2.4 in double precision: e / e.sum(axis, keepdims=True) with e = np.exp(x).
    @Test func softmaxes() throws {
        let x: Tensor = [[1, 2, 3], [0, 0, 4]]
        expect(
            try x.softmax(), isClose: [[0.0900305732, 0.2447284711, 0.6652409558], [0.0176684317, 0.0176684317, 0.9646631366]])
        expect(
            try x.softmax(axis: 0),
            isClose: [[0.7310585786, 0.8807970780, 0.2689414214], [0.2689414214, 0.1192029220, 0.7310585786]])
        expect(
            try x.logSoftmax(),
            isClose: [[-2.4076059644, -1.4076059644, -0.4076059644], [-4.0359763266, -4.0359763266, -0.0359763266]])
    }

    @Test func softmaxIsStable() throws {
        #expect(try Tensor([1000, 1000]).softmax() == [0.5, 0.5])
        #expect(try Tensor([-1000, 0]).logSoftmax() == [-1000, 0])
        #expect(try Tensor([-1000, 0]).softmax() == [0, 1])
        #expect(try Tensor([-.infinity, 0]).softmax() == [0, 1])
    }
}
