import Testing

@testable import Platform

@Suite struct ChildProcessTests {
    @Test func outputAndCodeOfAProgramAreKnown() {
        let words = ChildProcess.run("sh", ["-c", "cat; echo to nowhere >&2; echo \"$0\"; exit 3", "hello"])
        #expect(words == ChildProcess.Outcome(code: 3, output: Array("hello\n".utf8)))
        #expect(ChildProcess.run("sh", ["-c", "kill -9 $$"])?.code == 137)
        #expect(ChildProcess.run("true", []) == ChildProcess.Outcome(code: 0, output: []))
    }

    @Test func moreThanAPipeHoldsIsRead() {
        let outcome = ChildProcess.run("sh", ["-c", "head -c 300000 /dev/zero"])
        #expect(outcome?.output == [UInt8](repeating: 0, count: 300_000))
    }

    @Test func whatIsNotThereIsNil() {
        #expect(ChildProcess.run("no-such-program-as-this", []) == nil)
        #expect(ChildProcess.run("/dev/null", []) == nil)
    }
}
