import Platform
import Testing

/// `hartrain report`: what it takes, and what it says of what it does not take.
@Suite struct ReportTests {
    private static let log = "timeStamp,elapsed,label,success,allThreads\n1000,12,cnn,true,1\n1020,15,cnn,false,1\n"

    private func page(_ folder: String, _ arguments: [String]) throws -> String {
        let outcome = try Command(in: folder).run(["report"] + arguments + ["--out", "page.html"])
        #expect(outcome.code == 0 && outcome.output == "page.html\n", "\(outcome.errors)")
        return String(decoding: try Files.read(folder + "/page.html"), as: UTF8.self)
    }

    @Test func runs() throws {
        try withTemporaryFolder { folder in
            let files = try TrainedRun.shared.files
            for name in ["one", "two"] {
                try Files.createFolder("\(folder)/\(name)")
                for file in ["run.json", "metrics.jsonl"] {
                    try Files.writeAtomically(try files.bytes(file), to: "\(folder)/\(name)/\(file)")
                }
            }
            let one = try page(folder, ["one"])
            for words in [
                "one: loss", "one: accuracy", "what was taken for what", "is its confidence deserved?", "accuracy by group",
            ] {
                #expect(one.contains(words), "\(words)")
            }
            #expect(!one.contains("beside each other"))
            let both = try page(folder, ["one", "two/run.json", "--title", "Both"])
            #expect(both.contains("<title>Both</title>") && both.contains("2 runs beside each other"))
            #expect(both.contains("Recipes, models, data and machines are the same."))
            let lines = String(decoding: try files.bytes("metrics.jsonl"), as: UTF8.self).split(separator: "\n")
            for (metrics, problem) in [
                ("{\"epoch\": 1}\n", "two/metrics.jsonl, line 1: "),
                ("\n\(lines[0])\n\n\(lines[0])\n", "two/metrics.jsonl, line 4: 'epoch' must be 2"),
                ("\(lines[0])\n", "two/metrics.jsonl: it ends after 1 of the \(lines.count) epochs"),
            ] {
                try Files.writeAtomically(Array(metrics.utf8), to: folder + "/two/metrics.jsonl")
                let outcome = try Command(in: folder).run("report", "two", "--out", "page.html")
                #expect(outcome.code == 1 && outcome.errors.contains(problem), "\(outcome.errors)")
            }
        }
    }

    /// The page that a training writes is the one that the command makes of its folder.
    @Test func aTrainingWritesItsPage() throws {
        try withTemporaryFolder { folder in
            let arguments = ["--data", "synthetic", "--epochs", "1", "--batch", "64", "--quiet", "--out", "run", "--report"]
            #expect(try Command(in: folder).run(arguments).code == 0)
            let written = String(decoding: try Files.read(folder + "/run/report.html"), as: UTF8.self)
            #expect(try page(folder, ["run"]) == written)
        }
    }

    @Test func loadsAndBenchmarks() throws {
        try withTemporaryFolder { folder in
            try Files.writeAtomically(Array(ReportTests.log.utf8), to: folder + "/results.jtl")
            #expect(try page(folder, ["results.jtl"]).contains("Load test"))
            let bench = try Command(in: folder).run(
                "bench", "--model", "lstm", "--batch", "1", "--threads", "1", "--repetitions", "5", "--save", "bench.json")
            #expect(bench.code == 0, "\(bench.errors)")
            let html = try page(folder, ["bench.json", "results.jtl"])
            #expect(html.contains("Predictions: time of each call") && html.contains("<h2>Load test</h2>"))
        }
    }

    /// What is measured is not measured again: no page takes its place, and nothing counts twice.
    @Test func inputsAreKeptAndTakenOnce() throws {
        try withTemporaryFolder { folder in
            try Files.createFolder(folder + "/load")
            try Files.writeAtomically(Array(ReportTests.log.utf8), to: folder + "/load/results.jtl")
            for (arguments, problem) in [
                (["load", "--out", "load/results.jtl"], "load/results.jtl: the page is made of this file"),
                (["load", "./load/results.jtl", "--out", "page.html"], "./load/results.jtl: it is given twice"),
            ] {
                let outcome = try Command(in: folder).run(["report"] + arguments)
                #expect(outcome.code == 1 && outcome.errors.contains(problem), "\(outcome.errors)")
            }
            #expect(try Files.read(folder + "/load/results.jtl") == Array(ReportTests.log.utf8))
            #expect(!Files.exists(folder + "/page.html"))
        }
    }

    @Test func recordings() throws {
        try withTemporaryFolder { folder in
            try TrainedRun.shared.writeWeights(to: folder)
            let reading = Array(repeating: "0.5", count: 9).joined(separator: ",") + "\n"
            try Files.writeAtomically(Array(String(repeating: reading, count: 256).utf8), to: folder + "/walk.csv")
            let html = try page(folder, ["walk.csv", "--weights", "best.safetensors"])
            #expect(html.contains("walk.csv: channels and answers") && html.contains("2 windows of 128 readings"))
            let without = try Command(in: folder).run("report", "walk.csv", "--out", "page.html")
            #expect(without.code == 1 && without.errors.contains("say what answers to it: --weights PLACE"), "\(without.errors)")
        }
    }

    @Test(arguments: [
        ("x.jtl", "1,2\n", "x.jtl, line 1: the columns timeStamp, elapsed, label, success, allThreads are missing"),
        ("x.jtl", String(ReportTests.log.dropLast(8)), "x.jtl, line 3: the line is cut off"),
        ("p.csv", "seconds,pods\n1,1\n", "p.csv: samples of pods are shown with the log"),
        ("w.txt", "Running 10s test @ http://a\n", "w.txt: the end is missing"),
        ("b.json", "{\"rows\": []}", "b.json: it has no rows"),
    ])
    func whatIsWrongIsNamed(_ name: String, _ text: String, _ problem: String) throws {
        try withTemporaryFolder { folder in
            try Files.writeAtomically(Array(text.utf8), to: "\(folder)/\(name)")
            let outcome = try Command(in: folder).run("report", name, "--out", "page.html")
            #expect(outcome.code == 1 && outcome.errors.contains(problem), "\(outcome.errors)")
            #expect(!Files.exists(folder + "/page.html"))
        }
    }
}
