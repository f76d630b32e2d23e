import Testing

@testable import ObjectStore

@Suite struct ShellWordsTests {
    /// Each as Python's shlex.split has it.
    @Test(arguments: [
        ("", []), ("  a\t b\n", ["a", "b"]), ("'a b' \"c d\"e", ["a b", "c de"]), ("a\\ b", ["a b"]), ("''", [""]),
        ("\"a\\\"b\\c\"", ["a\"b\\c"]), ("'a\\'", ["a\\"]), ("a'\u{301}b c'd", ["a\u{301}b cd"]),
    ]) func wordsAreThoseOfAShell(_ text: String, _ words: [String]) {
        #expect(ShellWords.split(text) == words)
    }

    @Test(arguments: ["'a", "\"a", "a\\"]) func whatIsNotClosedIsNone(_ text: String) {
        #expect(ShellWords.split(text) == nil)
    }
}
