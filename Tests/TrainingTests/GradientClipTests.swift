import Testing
import Training

@Suite struct GradientClipTests {
    private func clipped(_ gradient: [Float], _ clip: GradientClip) -> [Float] {
        var result = gradient
        var span = result.mutableSpan
        clip.apply(&span)
        return result
    }

    @Test func noneChangesNothing() {
        #expect(clipped([3, -4], .none) == [3, -4])
    }

    @Test func byValue() {
        #expect(clipped([0.5, -0.5, 2, -3, 0], .value(1)) == [0.5, -0.5, 1, -1, 0])
    }

    @Test func byNorm() {
        let gradient = clipped([3, -4, 0], .norm(1))
        for (measured, expected) in zip(gradient, [0.6, -0.8, 0] as [Float]) { #expect(abs(measured - expected) < 1e-6) }
        #expect(clipped([3, -4], .norm(5)) == [3, -4])
        #expect(clipped([0, 0], .norm(1)) == [0, 0])
    }
}
