import Platform
import Testing

/// Numbers as people read them.
@Suite struct NumberTextTests {
    @Test(
        arguments: [
            (0, "1 s"), (0.2, "1 s"), (7.2, "8 s"), (99, "99 s"), (99.5, "2 min"), (149, "2 min"), (150, "3 min"),
            (3569, "59 min"),
            (3570, "1 h 0 min"), (4800, "1 h 20 min"), (1e300, "100000 h 0 min"),
        ] as [(Double, String)])
    func timesThatNobodyKnowsExactlyAreRounded(_ seconds: Double, _ text: String) {
        #expect(NumberText.about(seconds) == text)
    }
}
