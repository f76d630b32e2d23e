import LinearAlgebra
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

    /// In a process of its own: others of this suite load it.
    @Test func askingWhatItIsDoesNotLoadIt() async {
        await #expect(processExitsWith: .success) {
            #expect(BLAS.coreName == nil && BLAS.configuration == nil && BLAS.name == nil)
            try BLAS.load()
            #expect(BLAS.coreName != nil)
        }
    }
}
