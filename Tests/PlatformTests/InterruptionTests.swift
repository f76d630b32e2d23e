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

    @Test(arguments: [SIGINT, SIGTERM])
    func theFirstSignalIsRemembered(signal: Int32) async {
        await #expect(processExitsWith: .success) { [signal] in
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

    @Test(arguments: [SIGINT, SIGTERM])
    func theSecondSignalEndsTheProcess(signal: Int32) async {
        await #expect(processExitsWith: .signal(signal)) { [signal] in
            Interruption.install()
            InterruptionTests.sendToThisThread(signal)
            InterruptionTests.sendToThisThread(signal)
        }
    }
}
