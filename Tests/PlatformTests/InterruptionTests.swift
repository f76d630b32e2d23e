import Glibc
import Platform
import Testing

@Suite struct InterruptionTests {
    /// Threads of the concurrency runtime block signals.
    static func sendToThisThread(_ signal: Int32) {
        var set = sigset_t()
        unsafe sigemptyset(&set)
        unsafe sigaddset(&set, signal)
        unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
        raise(signal)
    }

    #if compiler(>=6.3)
        // Exit tests take values from outside since Swift 6.3.
        @Test(arguments: [SIGINT, SIGTERM, SIGHUP])
        func theFirstSignalIsRemembered(signal: Int32) async {
            await #expect(processExitsWith: .success) { [signal] in
                // Whatever started the tests may ignore it.
                Glibc.signal(signal, SIG_DFL)
                #expect(!Interruption.requested)
                Interruption.install()
                #expect(!Interruption.requested && Interruption.signal == nil)
                InterruptionTests.sendToThisThread(signal)
                #expect(Interruption.requested)
                #expect(Interruption.signal == signal)
                Interruption.install()
                #expect(!Interruption.requested)
                InterruptionTests.sendToThisThread(signal)
                #expect(Interruption.requested)
            }
        }
    #endif

    #if compiler(>=6.3)
        // Exit tests take values from outside since Swift 6.3.
        @Test(arguments: [SIGINT, SIGTERM])
        func theSecondSignalEndsTheProcess(signal: Int32) async {
            await #expect(processExitsWith: .signal(signal)) { [signal] in
                Interruption.install()
                InterruptionTests.sendToThisThread(signal)
                usleep(600_000)
                InterruptionTests.sendToThisThread(signal)
            }
        }
    #endif

    /// A terminal and a script around the program may both pass one on.
    @Test func signalsInQuickSuccessionAreOne() async {
        await #expect(processExitsWith: .success) {
            Interruption.install()
            for _ in 0..<3 { InterruptionTests.sendToThisThread(SIGINT) }
            #expect(Interruption.signal == SIGINT)
        }
    }

    /// A terminal that closes sends one from the shell and one from the kernel.
    @Test func aSecondHangUpChangesNothing() async {
        await #expect(processExitsWith: .success) {
            Glibc.signal(SIGHUP, SIG_DFL)
            Interruption.install()
            for _ in 0..<3 { InterruptionTests.sendToThisThread(SIGHUP) }
            #expect(Interruption.signal == SIGHUP)
        }
    }

    @Test func aHangUpThatIsIgnoredStaysSo() async {
        await #expect(processExitsWith: .success) {
            Glibc.signal(SIGHUP, SIG_IGN)
            Interruption.install()
            InterruptionTests.sendToThisThread(SIGHUP)
            #expect(!Interruption.requested)
        }
    }
}
