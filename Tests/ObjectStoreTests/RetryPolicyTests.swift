import Testing

@testable import ObjectStore

@Suite struct RetryPolicyTests {
    /// Runs attempts that come to these in turn, the last one for ever.
    private func run(
        _ attempts: [RetryPolicy.Attempt<Int>], within seconds: Double = 60, firstPause: Double = 0, isInterrupted: Bool = false
    ) -> (result: Result<Int, ObjectStoreError>, count: Int) {
        var count = 0
        let policy = RetryPolicy(attempts: 4, firstPause: firstPause)
        let result = Result { () throws(ObjectStoreError) in
            try policy.run(
                within: TimeBudget(seconds: seconds), names: SettingNames(), isInterrupted: { isInterrupted },
                failure: { ObjectStoreError(place: "p", reason: $0) }
            ) { (_) throws(ObjectStoreError) -> RetryPolicy.Attempt<Int> in
                count += 1
                return attempts[min(count, attempts.count) - 1]
            }
        }
        return (result, count)
    }

    private func reason(_ result: Result<Int, ObjectStoreError>) -> String? {
        guard case .failure(let error) = result else { return nil }
        return error.reason
    }

    @Test func whatPassesIsTriedUntilItWorks() {
        let outcome = run([.failed(.passing("503")), .failed(.timeout), .done(7)])
        #expect(outcome.result == .success(7) && outcome.count == 3)
    }

    @Test func theLastAttemptIsTheError() {
        let outcome = run([.failed(.passing("503"))])
        #expect(reason(outcome.result) == "503 (4 attempts)" && outcome.count == 4)
    }

    @Test func whatIsDoubtfulIsTriedTwice() {
        let outcome = run([.failed(.passing("503")), .failed(.doubtful("damaged"))])
        #expect(reason(outcome.result) == "damaged (3 attempts)" && outcome.count == 3)
    }

    @Test func nobodyWaitsForWhatIsNotWanted() {
        // A pause that would be longer than any test.
        let outcome = run([.failed(.passing("503"))], within: 1e9, firstPause: 1e8, isInterrupted: true)
        #expect(reason(outcome.result) == "interrupted" && outcome.count == 1)
    }

    @Test func noPauseGoesBeyondTheTime() {
        let outcome = run([.failed(.passing("503"))], within: 0, firstPause: 1)
        #expect(reason(outcome.result) == "503; the time limit of 0.0 s is up (seconds)" && outcome.count == 1)
    }
}
