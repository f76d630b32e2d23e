import Kernels
import Oracles
import Testing

@Suite struct PatchesTests {
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

    /// <unfold x, p> = <x, fold p>: fold is the transpose, which no mistake common to both references can feign.
    @Test(arguments: WindowShape.all) func foldIsTheTransposeOfUnfold(shape: WindowShape) {
        var random = TestRandom(13)
        let x = random.ties(shape.inputs)
        let p = random.ties(shape.outputs * shape.kernel)
        let unfolded = unfoldPatchesReference(doubles(x), rows: shape.rows, channels: shape.channels, shape.geometry)
        let folded = written(x.count) {
            foldPatches(p.span, rows: shape.rows, channels: shape.channels, shape.geometry, into: &$0)
        }
        // Small whole numbers: both sums are exact.
        #expect(dot(unfolded, doubles(p)) == dot(doubles(x), doubles(folded)))
    }
}
