import Memory
import StrictJSON
import Testing

@testable import TimeSeries

/// Arrays of numbers read straight into floats, against the strict reader of JSON.
@Suite struct JSONFloatsTests {
    private func floats(_ text: String) throws -> (values: [Float], shape: [Int]) {
        var reader = try JSONReader(Array(text.utf8))
        var values: [Float] = []
        let shape = try reader.floats(onto: &values)
        try reader.finish()
        return (values, shape)
    }

    @Test(
        arguments: [
            ("[]", [], [0]), ("[1]", [1], [1]), ("[[1,2],[3,4],[5,6]]", [1, 2, 3, 4, 5, 6], [3, 2]),
            (" [ [ [ 1 ] ,\n[-2.5e1] ] ]\t", [1, -25], [1, 2, 1]), ("[[],[]]", [], [2, 0]),
            ("[-0,0.1,1E-3]", [-0.0, 0.1, 0.001], [3]),
        ] as [(String, [Float], [Int])])
    func arrays(_ text: String, _ values: [Float], _ shape: [Int]) throws {
        let found = try floats(text)
        #expect(found.values.map(\.bitPattern) == values.map(\.bitPattern))
        #expect(found.shape == shape)
    }

    @Test(
        arguments: [
            ("[1,2", [1], "',' or ']'"), ("[1 2]", [0], "',' or ']'"), ("[1,]", [1], "a finite number"),
            ("[null]", [0], "a finite number"),
            ("[NaN]", [0], "a finite number"), ("[1e39]", [0], "a finite number"), ("[01]", [0], "a finite number"),
            ("[+1]", [0], "a finite number"), ("[.5]", [0], "a finite number"), ("[5.]", [0], "a finite number"),
            ("[5.e1]", [0], "a finite number"), ("[[1,2],[3]]", [1], "has 1 values, not 2"), ("[[1],2]", [1], "must be an array"),
            ("[1,[2]]", [1], "a finite number"), ("[[[1],[2]],[[3]]]", [1], "has 1 values, not 2"), ("1", [], "must be an array"),
            ("[[[[[[[[[1]]]]]]]]]", [0, 0, 0, 0, 0, 0, 0, 0], "too deep"), ("[[[1]],[2]]", [1, 0], "must be an array"),
            ("[[1],[[2]]]", [1, 0], "a number, found an array"), ("[[1]", [0], "',' or ']'"),
        ] as [(String, [Int], String)])
    func whatIsWrongIsNamed(_ text: String, _ place: [Int], _ words: String) throws {
        let error = try #require(throws: NumberArrayError.self) { _ = try floats(text) }
        #expect(error.place == place)
        #expect(error.problem.contains(words))
    }

    /// Numbers as texts: of every length, form and size, some of them wrong.
    private func number(_ random: inout Random) -> String {
        func digits(_ most: Int) -> String { (0..<1 + random.below(most)).map { _ in "\(random.below(10))" }.joined() }
        var text = random.below(3) == 0 ? "-" : ""
        text += random.below(4) == 0 ? "0" : digits(random.below(8) == 0 ? 30 : 9)
        // Of one to three steps of eight digits.
        if random.below(2) == 0 { text += "." + digits([9, 9, 17, 30][random.below(4)]) }
        if random.below(4) == 0 { text += ["e", "E"][random.below(2)] + ["", "+", "-"][random.below(3)] + digits(2) }
        if random.below(12) == 0 {
            var characters = Array(text)
            characters[random.below(characters.count)] = Array("0.-+eE x\"")[random.below(9)]
            text = String(characters)
        }
        return text
    }

    /// Whatever one reader takes the other takes, but for what JSON's tree cannot hold or a Float cannot; and the values are the same.
    @Test func theStrictReaderAgrees() throws {
        var random = Random(seed: 11, stream: .synthesis)
        var taken = 0
        for _ in 0..<60_000 {
            let texts = (0..<1 + random.below(3)).map { _ in number(&random) }
            let text = "[" + texts.joined(separator: ",") + "]"
            let fast = try? floats(text).values
            let strict = try? JSON.parse(text).asArray
            if let fast {
                taken += 1
                // A whole number of more than 64 bits is refused by the tree alone.
                if let strict { #expect(strict.count == fast.count) }
                for (value, text) in zip(fast, texts) {
                    #expect(value.bitPattern == Float(text.trimmingSpaces)?.bitPattern, "\(text)")
                }
            } else if let strict {
                let isFinite = strict.allSatisfy { $0.asDouble.map { Float($0).isFinite } ?? false }
                #expect(!isFinite, "\(text)")
            }
        }
        #expect(taken > 30_000 && taken < 60_000)
    }

    @Test func noChangedByteCrashes() throws {
        let text = Array("[[1.5,-2e3],[0.25,4]]".utf8)
        var (good, bad) = (0, 0)
        for place in text.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = text
                changed[place] = byte
                guard var reader = try? JSONReader(changed) else { continue }
                var values: [Float] = []
                do {
                    _ = try reader.floats(onto: &values)
                    good += 1
                } catch {
                    bad += 1
                }
            }
        }
        #expect(good > 0 && bad > 0)
    }
}

extension String {
    /// Without the spaces that a changed character may be.
    fileprivate var trimmingSpaces: String { split(separator: " ").joined(separator: " ") }
}
