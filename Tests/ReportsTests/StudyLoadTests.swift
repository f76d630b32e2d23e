import Testing

@testable import Reports

@Suite struct StudyLoadTests {
    private static let header = "timeStamp,elapsed,label,success,allThreads\n"

    /// What stands under "here", by what stands under "what".
    private func here(_ files: [String: String]) throws -> [String: String] {
        var rows: [String: String] = [:]
        try withLogs(files) { folder in
            var runs = LoadRuns()
            try runs.add(folder)
            for row in StudyLoad(runs.cells).table.rows { rows[row[0]] = row[2] }
        }
        return rows
    }

    /// A log with one request that took so many milliseconds.
    private func log(_ label: String, _ milliseconds: Int, users: Int, right: Bool = true) -> String {
        StudyLoadTests.header + "1000,\(milliseconds),\(label),\(right),\(users)\n"
    }

    @Test func ourTimesStandBesideTheStudys() throws {
        let rows = try here([
            "a/warm-n01-r1.jtl": log("helloworld-node one-process", 2, users: 1),
            "b/warm-n01-r1.jtl": log("helloworld-python one-process", 8, users: 1),
            "a/warm-n20-r1.jtl": log("helloworld-node one-process", 10, users: 20),
            "b/warm-n20-r1.jtl": log("helloworld-python one-process", 25, users: 20),
            // Neither what was cold nor another deployment has a pair.
            "a/cold-n20-r1.jtl": log("helloworld-node one-process", 500, users: 20),
            "c/warm-n01-r1.jtl": log("helloworld-python four-processes", 30, users: 1),
        ])
        #expect(rows["HelloWorld in Node.js, mean"] == "2 to 10 ms")
        #expect(rows["HelloWorld in Python, mean"] == "8 to 30 ms")
        #expect(rows["response time in Python over that in Node.js"] == "2.5 to 4 times")
        #expect(rows["the CNN answers faster than the LSTM"] == "not measured")
        #expect(rows["requests that succeed, CNN and LSTM"] == "not measured")
        #expect(rows["autoscaling against 4 pods, CNN"] == "not measured")
    }

    @Test func theModelsAreCompared() throws {
        let (one, four) = ("seconds,pods\n0,1\n15,4\n", "seconds,pods\n0,4\n15,4\n")
        let rows = try here([
            "a/long-n05-r1.jtl": log("har-cnn autoscaled", 8, users: 5), "a/long-n05-r1.samples.csv": one,
            "b/long-n05-r1.jtl": log("har-cnn four", 10, users: 5), "b/long-n05-r1.samples.csv": four,
            "c/long-n05-r1.jtl": log("har-lstm autoscaled", 20, users: 5), "c/long-n05-r1.samples.csv": one,
            "d/long-n05-r1.jtl": log("har-lstm four", 5, users: 5), "d/long-n05-r1.samples.csv": four,
            // Neither one process nor a run of another kind is what the autoscaled run is compared with.
            "e/long-n05-r1.jtl": log("har-cnn alone", 1000, users: 5, right: false),
            "f/warm-n05-r1.jtl": log("har-cnn afour", 500, users: 5), "f/warm-n05-r1.samples.csv": four,
            "g/warm-n05-r1.jtl": log("har-lstm afour", 500, users: 5), "g/warm-n05-r1.samples.csv": four,
        ])
        #expect(rows["autoscaling against 4 pods, CNN"] == "har-cnn 25 % better (5 users)")
        #expect(rows["autoscaling against 4 pods, LSTM"] == "har-lstm 75 % worse (5 users)")
        #expect(rows["the CNN answers faster than the LSTM"] == "in 1 of 3 comparisons")
        #expect(rows["requests that succeed, CNN and LSTM"] == "0.0 % to 100.0 %")
    }
}
