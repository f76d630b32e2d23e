import Glibc
import Synchronization
import Testing

@testable import Platform

@Suite struct ThreadPoolTests {
    @Test(arguments: [1, 2, 3, 8], [0, 1, 2, 7, 1000])
    func everyIndexIsCalledOnce(threads: Int, count: Int) {
        let pool = ThreadPool(threads: threads)
        #expect(pool.threads == threads)
        for _ in 0..<3 {
            let calls = Mutex([Int](repeating: 0, count: count))
            pool.run(count) { index in calls.withLock { $0[index] += 1 } }
            #expect(calls.withLock { $0 } == [Int](repeating: 1, count: count))
        }
    }

    @Test func indicesBeginInOrderOnOneThread() {
        let order = Mutex([Int]())
        ThreadPool(threads: 1).run(5) { index in order.withLock { $0.append(index) } }
        #expect(order.withLock { $0 } == [0, 1, 2, 3, 4])
    }

    @Test func oneThreadIsTheCallers() {
        let caller = pthread_self()
        ThreadPool(threads: 1).run(3) { _ in #expect(pthread_equal(pthread_self(), caller) != 0) }
    }

    @Test func allThreadsWorkAtTheSameTime() {
        // Each call waits for all the others: with fewer threads this would never end.
        let threads = 4
        let arrived = Atomic<Int>(0)
        let identities = Mutex(Set<pthread_t>())
        ThreadPool(threads: threads).run(threads) { _ in
            identities.withLock { _ = $0.insert(pthread_self()) }
            arrived.add(1, ordering: .sequentiallyConsistent)
            while arrived.load(ordering: .sequentiallyConsistent) < threads { sched_yield() }
        }
        #expect(identities.withLock { $0.count } == threads)
    }

    @Test func manyShortRunsAllEnd() {
        let pool = ThreadPool(threads: 3)
        let total = Atomic<Int>(0)
        for _ in 0..<5000 { pool.run(4) { index in total.add(index, ordering: .relaxed) } }
        #expect(total.load(ordering: .relaxed) == 5000 * 6)
    }

    @Test func workersHaveTheStackTheyAreGiven() {
        // Some 4 MB of stack: more than many systems give a thread by default, less than a worker has.
        @Sendable func stackUsed(_ level: Int, from top: UInt) -> UInt {
            var block = InlineArray<4096, Int>(repeating: level)
            let here = unsafe withUnsafePointer(to: &block) { UInt(bitPattern: $0) }
            return top - here > 4 << 20 ? top - here : stackUsed(level + 1, from: top)
        }
        let results = Mutex([UInt]())
        let arrived = Atomic<Int>(0)
        let caller = pthread_self()
        ThreadPool(threads: 2).run(2) { _ in
            arrived.add(1, ordering: .sequentiallyConsistent)
            while arrived.load(ordering: .sequentiallyConsistent) < 2 { sched_yield() }
            guard pthread_equal(pthread_self(), caller) == 0 else { return }
            var top = 0
            let used = stackUsed(0, from: unsafe withUnsafePointer(to: &top) { UInt(bitPattern: $0) })
            results.withLock { $0.append(used) }
        }
        #expect(results.withLock { $0.count == 1 && $0[0] > 4 << 20 })
    }

    @Test func theBodyIsLetGoAfterTheRun() {
        final class Witness: Sendable {}
        weak var witness: Witness?
        let pool = ThreadPool(threads: 2)
        do {
            let strong = Witness()
            witness = strong
            pool.run(10) { _ in _ = strong }
        }
        #expect(witness == nil)
        pool.run(1) { _ in }
    }

    #if compiler(>=6.3)
        // Exit tests take values from outside since Swift 6.3.
        @Test(arguments: [1, 2])
        func aRunInsideARunTraps(threads: Int) async {
            let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) { [threads] in
                let pool = ThreadPool(threads: threads)
                pool.run(4) { _ in pool.run(1) { _ in } }
            }
            let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
            #expect(text.contains("this thread pool is in a run already"))
        }
    #endif

    @Test func aPoolOfNoThreadsTraps() async {
        await #expect(processExitsWith: .failure) { _ = ThreadPool(threads: 0) }
    }

    @Test func workersEndWithTheirPool() throws {
        for _ in 0..<200 { ThreadPool(threads: 5).run(5) { _ in } }
        // Other tests and the runtime have threads, too, but not hundreds.
        #expect(try Files.list("/proc/self/task").count < 200)
    }
}
