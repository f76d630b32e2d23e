import Glibc
import Platform

/// How often and how long a request is tried that may work another time.
///
/// Pauses grow from attempt to attempt and are drawn at random ("full jitter"), so that many devices that lost the same store do
/// not come back at the same moment (Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
struct RetryPolicy: Sendable {
    /// The most attempts.
    var attempts = 5
    /// The longest first pause, in seconds; each later one may be twice as long.
    var firstPause = 0.2

    /// What an attempt came to that gave no result.
    enum Setback {
        /// Another attempt may work.
        case passing(String)
        /// Another attempt may work, but only one: what is wrong is more likely there to stay.
        case doubtful(String)
        /// The time is up.
        case timeout
    }

    /// What an attempt came to.
    enum Attempt<Result> {
        case done(Result)
        case failed(Setback)
    }

    /// Tries until there is a result, attempts or time are used up, or an error is thrown that no attempt can mend.
    /// - Parameters:
    ///   - time: What everything together may take.
    ///   - names: What its users call the time limit.
    ///   - isInterrupted: Whether no attempt is wanted any more; asked during pauses.
    ///   - failure: Makes the error of the last attempt out of its reason.
    ///   - attempt: Gets the time that is left, in seconds.
    func run<Result>(
        within time: TimeBudget, names: SettingNames, isInterrupted: () -> Bool, failure: (String) -> ObjectStoreError,
        attempt: (_ left: Double) throws(ObjectStoreError) -> Attempt<Result>
    ) throws(ObjectStoreError) -> Result {
        var doubts = 0
        var number = 1
        while true {
            let reason: String
            switch try attempt(time.left) {
            case .done(let result): return result
            case .failed(.passing(let problem)): reason = problem
            case .failed(.doubtful(let problem)):
                reason = problem
                doubts += 1
            case .failed(.timeout): reason = HTTPFailure.timeout.description
            }
            let pause = Double.random(in: 0...firstPause * Double(1 << (number - 1)))
            let tried = number == 1 ? "" : " (\(number) attempts)"
            guard number < attempts, doubts < 2 else { throw failure(reason + tried) }
            guard pause < time.left else {
                throw failure("\(reason)\(tried); the time limit of \(time.seconds) s is up (\(names.seconds))")
            }
            wait(pause, isInterrupted)
            guard !isInterrupted() else { throw failure(HTTPFailure.interrupted.description) }
            number += 1
        }
    }

    /// Waits for a time in seconds, or until nothing is waited for any more.
    private func wait(_ seconds: Double, _ isInterrupted: () -> Bool) {
        let watch = Stopwatch()
        while watch.seconds < seconds, !isInterrupted() { usleep(10_000) }
    }
}
