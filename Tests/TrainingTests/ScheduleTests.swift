import Testing
import Training

@Suite struct ScheduleTests {
    /// The factor at the given steps of a run of 10 epochs of 4 steps.
    private func factors(_ schedule: Schedule, _ steps: [Int]) -> [Double] {
        steps.map { schedule.factor(step: $0, stepsPerEpoch: 4, epochs: 10) }
    }

    private func expect(_ measured: [Double], _ expected: [Double]) {
        #expect(measured.count == expected.count)
        for (m, e) in zip(measured, expected) { #expect(abs(m - e) < 1e-12, "\(m) is not \(e)") }
    }

    @Test func constant() {
        expect(factors(.constant, [0, 3, 4, 39, 400]), [1, 1, 1, 1, 1])
    }

    @Test func step() {
        expect(factors(.step(epochs: 3, factor: 0.5), [0, 11, 12, 23, 24, 39]), [1, 1, 0.5, 0.5, 0.25, 0.125])
    }

    @Test func cosine() {
        expect(
            factors(.cosine(warmup: 0, floor: 0), [0, 10, 20, 30, 40, 100]),
            [1, 0.8535533905932737, 0.5, 0.1464466094067263, 0, 0])
        expect(factors(.cosine(warmup: 0, floor: 0.2), [0, 20, 40]), [1, 0.6, 0.2])
    }

    @Test func cosineAfterWarmUp() {
        expect(factors(.cosine(warmup: 2, floor: 0.1), [0, 1, 6, 7, 8, 24, 40]), [0.125, 0.25, 0.875, 1, 1, 0.55, 0.1])
    }
}
