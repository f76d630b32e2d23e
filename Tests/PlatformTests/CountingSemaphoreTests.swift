import Platform
import Synchronization
import Testing

@Suite struct CountingSemaphoreTests {
    @Test func noMoreThreadsAreInsideThanPermits() {
        let semaphore = CountingSemaphore(permits: 2)
        let inside = Atomic<Int>(0)
        let most = Atomic<Int>(0)
        let done = Atomic<Int>(0)
        ThreadPool(threads: 6).run(600) { _ in
            semaphore.wait()
            most.max(inside.add(1, ordering: .sequentiallyConsistent).newValue, ordering: .relaxed)
            inside.subtract(1, ordering: .sequentiallyConsistent)
            semaphore.signal()
            done.add(1, ordering: .relaxed)
        }
        #expect(done.load(ordering: .relaxed) == 600)
        #expect((1...2).contains(most.load(ordering: .relaxed)))
    }
}
