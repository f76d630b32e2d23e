import Memory
import Testing

@Suite struct RandomTests {
    /// A seed means the same for ever: runs are repeated by it. The numbers were checked against an independent implementation.
    @Test func drawsTheNumbersItAlwaysDrew() {
        var random = Random(seed: 42, stream: .initialization)
        #expect(
            (0..<4).map { _ in random.next() } == [
                12_549_089_669_017_674_677, 18_069_187_597_406_424_794, 6_888_675_123_616_788_642, 13_135_649_337_197_430_832,
            ])
        #expect(Random.word(key: Random.key(seed: 42, stream: .dropout, index: 3), counter: 7) == 8_902_575_713_408_503_884)
    }

    @Test func numbersBelowABoundAreEven() {
        var random = Random(seed: 1, stream: .synthesis)
        var counts = [Int](repeating: 0, count: 7)
        for _ in 0..<70_000 { counts[random.below(7)] += 1 }
        // Five standard deviations of 92.6.
        #expect(counts.allSatisfy { abs($0 - 10_000) < 463 })
    }

    @Test func normalNumbersHaveMeanZeroAndDeviationOne() {
        var random = Random(seed: 2, stream: .synthesis)
        let values = (0..<100_000).map { _ in random.normal() }
        let mean = values.reduce(0, +) / 100_000
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 100_000
        #expect(abs(mean) < 0.016)
        #expect(abs(variance - 1) < 0.02)
        // Of a normal distribution 4.55 % lie beyond two deviations.
        let beyond = values.count { abs($0) > 2 }
        #expect(abs(beyond - 4550) < 350)
    }

    @Test func uniformNumbersKeepToTheirBounds() {
        var random = Random(seed: 3, stream: .synthesis)
        let values = (0..<10_000).map { _ in random.uniform(-2, 3) }
        #expect(values.allSatisfy { $0 >= -2 && $0 < 3 })
        #expect(abs(values.reduce(0, +) / 10_000 - 0.5) < 0.1)
    }

    @Test func shuffleKeepsAllAndMovesThem() {
        var values = Array(0..<100)
        var random = Random(seed: 4, stream: .shuffle, index: 9)
        random.shuffle(&values)
        #expect(values != Array(0..<100) && values.sorted() == Array(0..<100))
        var again = Array(0..<100)
        var same = Random(seed: 4, stream: .shuffle, index: 9)
        same.shuffle(&again)
        #expect(again == values)
        var one = [7]
        same.shuffle(&one)
        #expect(one == [7])
    }

    @Test func streamsIndicesAndPathsOfOneSeedDiffer() {
        var seen: Set<UInt64> = []
        for stream in [Random.Stream.initialization, .shuffle, .dropout, .split, .synthesis] {
            for index in 0..<10 {
                var random = Random(seed: 1, stream: stream, index: UInt64(index))
                seen.insert(random.next())
            }
        }
        for volunteer in 0..<30 {
            for activity in 0..<6 {
                var random = Random(seed: 1, stream: .synthesis, path: volunteer, activity)
                seen.insert(random.next())
            }
        }
        #expect(seen.count == 50 + 180)
    }
}
