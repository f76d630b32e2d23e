import Glibc
import Platform
import Testing

@Suite struct StopwatchTests {
    @Test func countsSecondsFromItsStart() {
        let before = ContinuousClock.now
        let watch = Stopwatch()
        usleep(20_000)
        let seconds = watch.seconds
        #expect(seconds >= 0.02)
        #expect(seconds <= (ContinuousClock.now - before) / .seconds(1))
    }
}
