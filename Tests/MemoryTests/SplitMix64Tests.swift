import Memory
import Testing

@Suite struct SplitMix64Tests {
    /// The published first numbers of SplitMix64 from the state 0.
    @Test func words() {
        #expect(SplitMix64.word(key: 0, counter: 1) == 0xE220_A839_7B1D_CDAF)
        #expect(SplitMix64.word(key: 0, counter: 2) == 0x6E78_9E6A_A1B9_65F4)
        #expect(SplitMix64.word(key: 0, counter: 3) == 0x06C4_5D18_8009_454F)
    }
}
