import Testing

@testable import Reports

@Suite struct WrkResultTests {
    private static let text = """
        Running 10s test @ http://127.0.0.1:8080/predict
          2 threads and 20 connections
          Thread Stats   Avg      Stdev     Max   +/- Stdev
            Latency     1.24ms    0.90ms  25.10ms   91.20%
            Req/Sec     9.04k     1.10k   11.50k    70.00%
          Latency Distribution
             50%    1.05ms
             75%  970.00us
             99%    4.29ms
          179830 requests in 10.00s, 40.12MB read
          Socket errors: connect 0, read 2, write 0, timeout 1
          Non-2xx or 3xx responses: 5
        Requests/sec:  17983.12
        Transfer/sec:      4.01MB

        """

    @Test func whatWrkPrints() throws {
        #expect(WrkResult.isResult(WrkResultTests.text))
        let result = try WrkResult(file: "w", WrkResultTests.text)
        #expect(result.connections == 20 && result.requests == 179830 && result.seconds == 10)
        #expect(result.requestsPerSecond == 17983.12 && result.failures == 8)
        #expect(result.latencies.map(\.share) == [0.5, 0.75, 0.99])
        #expect(zip(result.latencies, [1.05, 0.97, 4.29]).allSatisfy { abs($0.milliseconds - $1) < 1e-9 })
    }

    @Test(
        arguments: [
            ("Requests/sec:  17983.12", "", nil, "the end is missing"),
            ("   50%    1.05ms\n     75%  970.00us\n     99%    4.29ms\n", "", nil, "there is no latency distribution"),
            ("1.05ms", "soon", 7, "the latency is no number"),
            ("17983.12", "many", 13, "the rate is no number"),
            ("20 connections", "some connections", 2, "the number of connections is no number"),
            ("20 connections", "0 connections", 2, "the number of connections is no number"),
            ("17983.12", "inf", 13, "the rate is no number"), ("17983.12", "-5", 13, "the rate is no number"),
            ("17983.12", "1e300", 13, "the rate is no number"), ("1.05ms", "nanms", 7, "the latency is no number"),
            ("1.05ms", "-2.00ms", 7, "the latency is no number"), ("     99% ", "    999% ", 9, "the share is no number"),
            ("read 2", "read 9223372036854775807", 11, "the count is no number"),
            ("responses: 5", "responses: 9223372036854775807", 12, "the count is no number"),
            ("Transfer/sec", "Running 10s test @ http://b\nTransfer/sec", 14, "a second result begins"),
        ] as [(String, String, Int?, String)])
    func whatIsWrongIsNamed(_ part: String, _ other: String, _ line: Int?, _ reason: String) throws {
        let pieces = WrkResultTests.text.split(separator: part, maxSplits: 1)
        try #require(pieces.count == 2)
        let error = #expect(throws: ReportError.self) { _ = try WrkResult(file: "w", pieces[0] + other + pieces[1]) }
        #expect(error?.line == line && error?.reason.hasPrefix(reason) == true, "\(String(describing: error))")
    }
}
