import Platform
import Testing

@testable import Reports

@Suite struct LoadRunsTests {
    private static let header = "timeStamp,elapsed,label,success,allThreads\n"

    @Test func repeatsAreOneCell() throws {
        let header = LoadRunsTests.header
        let files = [
            "cnn/one/warm-n05-r1.jtl": header + "1000,10,cnn one,true,5\n",
            "cnn/one/warm-n05-r2.jtl": header + "9000,30,cnn one,true,5\n",
            "cnn/one/cold-n05-r1.jtl": header + "5000,90,cnn one,false,5\n",
            "cnn/scaled/long-n20-r1.jtl": header + "5000,90,cnn scaled,true,20\n",
            "cnn/scaled/long-n20-r1.samples.csv": "seconds,pods\n0,1\n15,4\n", "cnn/one/readme.txt": "no log",
        ]
        try withLogs(files) { folder in
            #expect(LoadRuns.areThere(folder) && !LoadRuns.areThere(folder + "/cnn/one/readme.txt"))
            var runs = LoadRuns()
            try runs.add(folder)
            #expect(runs.cells.map(\.name) == ["cnn one, cold", "cnn one, warm", "cnn scaled, long"])
            let (cold, warm, long) = (runs.cells[0], runs.cells[1], runs.cells[2])
            // Of the repeats' means, 10 and 30; a single one tells nothing of the next.
            #expect(abs((warm.confidence ?? 0) - 127.06) < 1e-9 && long.confidence == nil)
            #expect(runs.files.count == 5)
            #expect(cold.failed == 1 && cold.successRate == 0 && cold.answered.isEmpty && !cold.isScaled)
            #expect(warm.repeats == 2 && warm.answered == [10, 30] && warm.users == 5 && abs(warm.seconds - 0.04) < 1e-9)
            #expect(long.isScaled && long.pods.count == 1)
        }
    }

    @Test func aNameOfAnyKind() throws {
        try withLogs(["results.jtl": LoadRunsTests.header + "1,2,a,true,1\n"]) { folder in
            var runs = LoadRuns()
            try runs.add(folder + "/results.jtl")
            #expect(runs.cells.map(\.name) == ["a"] && runs.cells[0].kind.isEmpty)
        }
    }

    @Test func whatIsWrongNamesItsFile() throws {
        try withLogs(["a/x.jtl": "1,2\n"]) { folder in
            var runs = LoadRuns()
            let error = #expect(throws: ReportError.self) { try runs.add(folder) }
            #expect(error?.file == folder + "/a/x.jtl" && error?.line == 1)
        }
    }
}
