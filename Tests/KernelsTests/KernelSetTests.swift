import Kernels
import Testing

@Suite struct KernelSetTests {
    @Test func everyCPUHasASet() {
        #expect(!KernelSet.available.isEmpty)
        #expect(Set(KernelSet.available.map(\.name)).count == KernelSet.available.count)
        for set in KernelSet.available { #expect(["baseline", "avx2", "avx512", "neon"].contains(set.name)) }
    }

    @Test func theBestIsChosenUnlessAnotherIsNamed() throws {
        let best = try #require(KernelSet.available.last)
        #expect(try KernelSet.chosen(by: nil).name == best.name)
        #expect(try KernelSet.chosen(by: "").name == best.name)
        for set in KernelSet.available { #expect(try KernelSet.chosen(by: set.name).name == set.name) }
    }

    @Test func aSetThatIsNotThereIsAnError() {
        let error = #expect(throws: KernelSetError.self) { try KernelSet.chosen(by: "mmx") }
        #expect(error?.description.contains("HARTRAIN_KERNELS=mmx") == true)
        #expect(error?.available == KernelSet.available.map(\.name))
    }

    @Test func padding() {
        #expect([0, 1, 16, 17, 32].map(KernelSet.padded) == [0, 16, 16, 32, 32])
    }
}
