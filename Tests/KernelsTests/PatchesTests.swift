import Kernels
import Testing

@Suite struct PatchesTests {
    /// Copies: exact.
    @Test(arguments: WindowShape.all) func unfold(shape: WindowShape) {
        var random = TestRandom(10)
        let x = random.floats(shape.inputs)
        let patches = written(shape.outputs * shape.kernel) {
            unfoldPatches(x.span, rows: shape.rows, channels: shape.channels, shape.geometry, into: &$0)
        }
        #expect(
            doubles(patches)
                == unfoldPatchesReference(doubles(x), rows: shape.rows, channels: shape.channels, shape.geometry))
    }

    /// Bound: 1e-13, single-precision sums of at most `kernel` values.
    @Test(arguments: WindowShape.all) func fold(shape: WindowShape) {
        var random = TestRandom(11)
        let patches = random.floats(shape.outputs * shape.kernel)
        let dx = written(shape.inputs) {
            foldPatches(patches.span, rows: shape.rows, channels: shape.channels, shape.geometry, into: &$0)
        }
        let expected = foldPatchesReference(doubles(patches), rows: shape.rows, channels: shape.channels, shape.geometry)
        #expect(normalizedError(dx, expected) < 1e-13)
    }

    /// Unfolding and one product against the definition of the convolution. Bound: 1e-12, sums of at most 9 x 36 products.
    @Test(arguments: WindowShape.all) func convolution(shape: WindowShape) {
        let filters = 5
        let width = shape.kernel * shape.channels
        let places = shape.rows * shape.geometry.outputSteps
        var random = TestRandom(12)
        let x = random.floats(shape.inputs)
        let weight = random.floats(filters * width)
        let bias = random.floats(filters)
        let patches = written(places * width) {
            unfoldPatches(x.span, rows: shape.rows, channels: shape.channels, shape.geometry, into: &$0)
        }
        let y = written(places * filters) {
            repeatRow(bias.span, rows: places, into: &$0)
            gemm(
                m: places, n: filters, k: width, patches.span, lda: max(1, width), .plain, weight.span, ldb: max(1, width),
                .transposed,
                into: &$0, ldc: filters, accumulate: true)
        }
        let expected = convolution1DReference(
            doubles(x), weight: doubles(weight), bias: doubles(bias), rows: shape.rows, channels: shape.channels, shape.geometry)
        #expect(normalizedError(y, expected) < 1e-12)
    }

    /// <unfold x, p> = <x, fold p>: fold is the transpose, which no mistake common to both references can feign.
    @Test(arguments: WindowShape.all) func foldIsTheTransposeOfUnfold(shape: WindowShape) {
        var random = TestRandom(13)
        let x = random.ties(shape.inputs)
        let p = random.ties(shape.outputs * shape.kernel)
        let unfolded = written(p.count) {
            unfoldPatches(x.span, rows: shape.rows, channels: shape.channels, shape.geometry, into: &$0)
        }
        let folded = written(x.count) {
            foldPatches(p.span, rows: shape.rows, channels: shape.channels, shape.geometry, into: &$0)
        }
        // Small whole numbers: both sums are exact.
        #expect(dot(doubles(unfolded), doubles(p)) == dot(doubles(x), doubles(folded)))
    }
}
