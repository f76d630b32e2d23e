import Memory
import Testing

@testable import TimeSeries

@Suite struct SplitTests {
    /// The training labels of UCI HAR by their counts.
    private static let counts = [1226, 1073, 986, 1286, 1374, 1407]

    private func labels() -> [Int32] {
        var labels: [Int32] = []
        for (label, count) in SplitTests.counts.enumerated() { labels += [Int32](repeating: Int32(label), count: count) }
        var random = Random(seed: 5, stream: .synthesis)
        random.shuffle(&labels)
        return labels
    }

    private func expectPartition(_ split: Split, of count: Int) {
        #expect((split.training + split.validation).sorted() == Array(0..<count))
        #expect(split.training == split.training.sorted())
        #expect(split.validation == split.validation.sorted())
    }

    @Test func holdsOutTheStudysNumber() throws {
        let split = try Split.stratified(labels: labels(), seed: 1)
        #expect(split.validation.count == 1838)
        #expect(split.training.count == 5514)
        expectPartition(split, of: 7352)
    }

    @Test(arguments: [0.0, 0.1, 0.2, 0.25, 1.0 / 3, 0.5, 0.777, 0.999])
    func isStratifiedWithinOne(fraction: Double) throws {
        let labels = labels()
        let split = try Split.stratified(labels: labels, fraction: fraction, seed: 2)
        expectPartition(split, of: labels.count)
        #expect(split.validation.count == Int((fraction * 7352).rounded()))
        for (label, count) in SplitTests.counts.enumerated() {
            let held = split.validation.count { Int(labels[$0]) == label }
            #expect(abs(Double(held) - fraction * Double(count)) < 1)
        }
    }

    @Test func theSeedDecides() throws {
        let labels = labels()
        let one = try Split.stratified(labels: labels, seed: 1)
        #expect(try Split.stratified(labels: labels, seed: 1) == one)
        #expect(try Split.stratified(labels: labels, seed: 2) != one)
        // The same for ever.
        let small = try Split.stratified(labels: [0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1], seed: 1)
        #expect(small.validation == [0, 6, 10])
    }

    @Test(arguments: [-0.1, 1, 1.5, .nan, .infinity])
    func aFractionOutOfRangeIsRefused(fraction: Double) {
        #expect(throws: SplitError.self) { try Split.stratified(labels: [0, 0, 1, 1], fraction: fraction, seed: 1) }
        #expect(throws: SplitError.self) { try Split.groups([1, 1, 2, 2], fraction: fraction, seed: 1) }
    }

    @Test func nothingToTrainOnIsRefused() {
        #expect(throws: SplitError.nothingLeft(windows: 2, fraction: 0.9)) {
            try Split.stratified(labels: [0, 1], fraction: 0.9, seed: 1)
        }
        #expect(throws: SplitError.self) { try Split.stratified(labels: [], seed: 1) }
        #expect(throws: SplitError.tooFewGroups(1)) { try Split.groups([3, 3], seed: 1) }
        #expect(throws: SplitError.fraction(0)) { try Split.groups([1, 2], fraction: 0, seed: 1) }
    }

    @Test func holdsOutWholeGroups() throws {
        var random = Random(seed: 9, stream: .synthesis)
        let groups = (0..<5000).map { _ in Int32(1 + random.below(21)) }
        for fraction in [0.1, 0.25, 0.5, 0.95] {
            let split = try Split.groups(groups, fraction: fraction, seed: 4)
            expectPartition(split, of: groups.count)
            let kept = Set(split.training.map { groups[$0] })
            let held = Set(split.validation.map { groups[$0] })
            #expect(kept.isDisjoint(with: held))
            #expect(!kept.isEmpty && !held.isEmpty)
            // Nearest: one group's windows, about 240, bound the distance.
            #expect(abs(Double(split.validation.count) - fraction * 5000) < 160)
        }
        let one = try Split.groups(groups, seed: 4)
        #expect(try Split.groups(groups, seed: 4) == one)
        #expect(try Split.groups(groups, seed: 5) != one)
    }
}
