import Glibc
import LinearAlgebra
import Platform
import Synchronization
import Testing

/// OpenBLAS on a machine that has it; `WithoutBLASTests` see the program where there is none.
@Suite struct BLASTests {
    @Test func saysWhatItIs() throws {
        try BLAS.load()
        let core = try #require(BLAS.coreName)
        #expect(!core.isEmpty)
        #expect(BLAS.configuration?.hasPrefix("OpenBLAS ") == true)
        let name = try #require(BLAS.name)
        #expect(name.wholeMatch(of: /OpenBLAS [0-9.]+[^ ]* \((.+)\)/)?.1 == core[...])
    }

    /// OpenBLAS asks for ever for memory that it cannot have: nobody lets it, and a product is computed without it.
    @Test func aLimitOfMemoryIsAnError() async {
        await #expect(processExitsWith: .success) {
            try BLAS.load()
            // What this process has, in pages.
            let sizes = String(decoding: try Files.read("/proc/self/statm"), as: UTF8.self).split(separator: " ")
            let pages = try #require(sizes.first.flatMap { Int($0) })
            let room = rlim_t(pages * sysconf(Int32(_SC_PAGESIZE)) + 64 << 20)
            var limit = rlimit(rlim_cur: room, rlim_max: room)
            #expect(unsafe setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0)
            let error = #expect(throws: BLASError.self) { try BLAS.reserve(threads: 2) }
            #expect(error?.description.contains("128 MiB of address space for each thread") == true)
            var c: [Float] = [0, 0]
            var result = c.mutableSpan
            let (a, b): ([Float], [Float]) = ([1, 2], [3, 4, 5, 6])
            gemm(m: 1, n: 2, k: 2, a.span, lda: 2, .plain, b.span, ldb: 2, .plain, into: &result, ldc: 2)
            #expect(c == [13, 16])
        }
    }

    /// Threads that multiply at the same time wait for the memory of one more product, and all of them get their result.
    @Test func manyThreadsMultiplyAtTheSameTime() async throws {
        let size = 96
        let a = (0..<size * size).map { Float($0 % 13) }
        var expected = [Float](repeating: 0, count: size * size)
        var span = expected.mutableSpan
        gemm(m: size, n: size, k: size, a.span, lda: size, .plain, a.span, ldb: size, .plain, into: &span, ldc: size)
        let results = Mutex([[Float]]())
        ThreadPool(threads: 6).run(60) { _ in
            var c = [Float](repeating: 0, count: size * size)
            var span = c.mutableSpan
            gemm(m: size, n: size, k: size, a.span, lda: size, .plain, a.span, ldb: size, .plain, into: &span, ldc: size)
            results.withLock { $0.append(c) }
        }
        #expect(results.withLock { $0.count == 60 && $0.allSatisfy { $0 == expected } })
    }

    /// In a process of its own: others of this suite load it.
    @Test func askingWhatItIsDoesNotLoadIt() async {
        await #expect(processExitsWith: .success) {
            #expect(BLAS.coreName == nil && BLAS.configuration == nil && BLAS.name == nil)
            try BLAS.load()
            #expect(BLAS.coreName != nil)
        }
    }
}
