import Benchmarking
import Platform
import StrictJSON
import Testing

@Suite struct BenchFileTests {
    /// A file with one row, where a field has another value.
    private func read(_ field: String = "batch", _ value: JSON = .integer(16)) throws -> BenchFile {
        var row: JSONObject = [
            "model": .string("cnn"), "work": .string("predict"), "layer": .string(""), "batch": .integer(16),
            "threads": .integer(2),
            "p50_seconds": .number(0.002), "p99_seconds": .number(0.003), "samples_seconds": .array([.number(0.002)]),
            "share_of_peak": .number(0.4), "cpu": .string("a processor"), "emulated": .bool(false),
        ]
        row.set(field, value)
        return try withTemporaryFolder { folder in
            let file = JSON.object(["rows": .array([.object(row)])])
            try Files.writeAtomically(Array(file.serialized().utf8), to: folder + "/b.json")
            return try BenchFile(reading: folder + "/b.json")
        }
    }

    @Test func aRow() throws {
        let row = try read().rows[0]
        #expect(row.key == BenchKey(model: "cnn", work: .predict, batch: 16, threads: 2))
        #expect((row.median, row.percentile99, row.shareOfPeak) == (0.002, 0.003, 0.4) && row.samples == [0.002])
    }

    /// An epoch that was computed, where fields have other values.
    private func readComputed(_ changes: [(String, JSON)] = []) throws -> BenchFile.Row {
        try withTemporaryFolder { folder in
            var row: JSONObject = [
                "model": .string("cnn"), "work": .string("epoch"), "layer": .string(""), "batch": .integer(16),
                "threads": .integer(2), "calls": .integer(0), "computed": .string("from steps"), "p50_seconds": .number(300),
                "p99_seconds": .null, "samples_seconds": .array([]), "cpu": .string("a processor"), "emulated": .bool(false),
            ]
            for (field, value) in changes { row.set(field, value) }
            let file = JSON.object(["rows": .array([.object(row)])])
            try Files.writeAtomically(Array(file.serialized().utf8), to: folder + "/b.json")
            return try BenchFile(reading: folder + "/b.json").rows[0]
        }
    }

    @Test func aComputedEpochHasNoTimesOfItsOwn() throws {
        let row = try readComputed()
        #expect(row.computed == .fromSteps && row.median == 300 && row.percentile99 == nil && row.samples.isEmpty)
        // Files of earlier versions do not say whether a row was computed: none was.
        #expect(try read().rows[0].computed == nil)
        #expect(try readComputed([("computed", .null), ("p99_seconds", .number(310))]).computed == nil)
        for (changes, text) in [
            ([("computed", .string("by guess"))], "'computed' must be null or one of from steps"),
            ([("computed", .bool(true))], "'computed' must be"),
            ([("work", .string("step"))], "'computed' must be null unless the row is an epoch"),
            ([("samples_seconds", .array([.number(300)]))], "'computed' must be null unless"),
            ([("p99_seconds", .number(310))], "'computed' must be null unless"),
        ] as [([(String, JSON)], String)] {
            let error = #expect(throws: (any Error).self) { _ = try readComputed(changes) }
            #expect(error.map { "\($0)".contains(text) } == true, "\(text): \(error.map { "\($0)" } ?? "")")
        }
    }

    @Test(arguments: [
        ("p50_seconds", JSON.number(-1)), ("p50_seconds", .number(1e10)), ("p99_seconds", .number(-1)),
        ("p99_seconds", .number(1e10)), ("samples_seconds", .array([.number(0.002), .number(1e308)])),
        ("samples_seconds", .array([.number(0)])), ("share_of_peak", .number(-3)), ("share_of_peak", .number(1e300)),
    ]) func whatNoBenchmarkMeasuresIsNamed(_ field: String, _ value: JSON) {
        let error = #expect(throws: (any Error).self) { _ = try read(field, value) }
        let text = error.map { "\($0)" } ?? ""
        #expect(text.contains("b.json") && text.contains("'\(field)'"), "\(text)")
    }
}
