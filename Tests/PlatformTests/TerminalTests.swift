import Glibc
import Testing

@testable import Platform

@Suite struct TerminalTests {
    /// Runs the body with an output replaced by one end of a pipe or by a file.
    ///
    /// The outputs are the whole process's, so this is for processes of their own.
    static func replacing(_ output: Terminal.Output, with descriptor: Int32, _ body: () -> Void) {
        let old = dup(output.rawValue)
        dup2(descriptor, output.rawValue)
        body()
        dup2(old, output.rawValue)
    }

    @Test func textIsWrittenToTheOutputNamed() async {
        await #expect(processExitsWith: .success) {
            try withTemporaryFolder { folder in
                for output in [Terminal.Output.standardOutput, .standardError] {
                    let path = folder + "/\(output)"
                    let file = unsafe open(path, O_WRONLY | O_CREAT, 0o600)
                    let text = String(repeating: "grün\n", count: 50_000)
                    TerminalTests.replacing(output, with: file) {
                        #expect(Terminal.write(text, to: output))
                        #expect(!Terminal.isTerminal(output))
                        #expect(Terminal.width(output) == nil)
                    }
                    let written = try Files.read(path)
                    #expect(written == Array(text.utf8))
                }
            }
        }
    }

    @Test func aReaderThatHasGoneIsReportedAndNotFatal() async {
        await #expect(processExitsWith: .success) {
            var ends: [Int32] = [0, 0]
            #expect(unsafe pipe(&ends) == 0)
            close(ends[0])
            TerminalTests.replacing(.standardOutput, with: ends[1]) {
                #expect(!Terminal.write("text", to: .standardOutput))
            }
        }
    }

    @Test func aFullDiskIsReported() async {
        await #expect(processExitsWith: .success) {
            let full = unsafe open("/dev/full", O_WRONLY)
            TerminalTests.replacing(.standardOutput, with: full) {
                #expect(!Terminal.write("text", to: .standardOutput))
            }
        }
    }

    @Test func aNonBlockingPipeGetsTheWholeText() async {
        await #expect(processExitsWith: .success) {
            var ends: [Int32] = [0, 0]
            #expect(unsafe pipe(&ends) == 0)
            _ = fcntl(ends[1], F_SETFL, O_NONBLOCK)
            let (reader, writer) = (ends[0], ends[1])
            // More than a pipe holds, so that the writer has to wait for the reader.
            let text = String(repeating: "x", count: 1 << 20)
            TerminalTests.replacing(.standardOutput, with: writer) {
                close(writer)
                ThreadPool(threads: 2).run(2) { index in
                    if index == 0 {
                        #expect(Terminal.write(text, to: .standardOutput))
                        return
                    }
                    var buffer = [UInt8](repeating: 0, count: 4096)
                    var total = 0
                    while total < 1 << 20 {
                        let got = unsafe read(reader, &buffer, buffer.count)
                        if got <= 0 { break }
                        total += got
                    }
                    #expect(total == 1 << 20)
                }
            }
        }
    }

    @Test func aTerminalIsKnownWithItsWidth() async {
        await #expect(processExitsWith: .success) {
            var unlocked: Int32 = 0
            let controller = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY)
            // Linux's TIOCSPTLCK and TIOCGPTPEER: unlock the terminal and open its other end. glibc's functions for that are for
            // GNU C only.
            #expect(unsafe ioctl(controller, 0x4004_5431, &unlocked) == 0)
            let terminal = ioctl(controller, 0x5441, O_RDWR | O_NOCTTY)
            var size = winsize(ws_row: 24, ws_col: 97, ws_xpixel: 0, ws_ypixel: 0)
            #expect(unsafe ioctl(terminal, UInt(TIOCSWINSZ), &size) == 0)
            TerminalTests.replacing(.standardError, with: terminal) {
                let (isTerminal, width) = (Terminal.isTerminal(.standardError), Terminal.width(.standardError))
                #expect(isTerminal)
                #expect(width == 97)
            }
        }
    }
}
