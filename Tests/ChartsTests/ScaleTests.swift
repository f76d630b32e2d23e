import Testing

@testable import Charts

@Suite struct ScaleTests {
    private func labels(_ axis: Axis, _ range: ClosedRange<Double>?, _ count: Int, isRounded: Bool = true) -> [String] {
        Scale(axis, range, ticks: count, isRounded: isRounded).ticks(count).map(\.label)
    }

    @Test func ticksAreRoundNumbers() {
        let linear = Axis("")
        #expect(labels(linear, 0...10, 5) == ["0", "2", "4", "6", "8", "10"])
        #expect(labels(linear, 0.13...0.28, 4) == ["0.10", "0.15", "0.20", "0.25", "0.30"])
        #expect(labels(linear, -1200...3100, 4) == ["−2,000", "0", "2,000", "4,000"])
        #expect(labels(linear, 1e9...1.002e9, 4) == ["1.0000e9", "1.0005e9", "1.0010e9", "1.0015e9", "1.0020e9"])
        #expect(labels(linear, 0...3e-9, 3) == ["0", "1e-9", "2e-9", "3e-9"])
        #expect(labels(Axis("", format: .percent), 0.9...0.99, 4) == ["90 %", "95 %", "100 %"])
        #expect(labels(Axis("", includesZero: true), 7...9, 2) == ["0", "5", "10"])
        #expect(labels(Axis("", isWhole: true), 1...3, 10) == ["1", "2", "3"])
        #expect(labels(Axis("", range: 0...1), 5...9, 2) == ["0.0", "0.5", "1.0"])
    }

    @Test func logarithmicTicksAreOneTwoAndFiveOrPowersOfTen() {
        let axis = Axis("", .logarithmic)
        #expect(labels(axis, 8...90, 5) == ["5", "10", "20", "50", "100"])
        #expect(labels(axis, 0.02...3, 6) == ["0.05", "0.1", "0.5", "1", "5"])
        #expect(labels(axis, 0.001...100_000, 5) == ["0.01", "1", "100", "10,000"])
        #expect(labels(axis, 1e-12...1e12, 5) == ["1e-10", "1e-5", "1", "100,000", "1e10"])
        // A stretch without two such numbers is divided as others are.
        #expect(labels(axis, 21...44, 3, isRounded: false) == ["30", "40"])
    }

    @Test func oneValueAndNoValueHaveAScale() {
        #expect(labels(Axis(""), nil, 5) == [])
        for value in [0.0, 3, -1e-300, 1e300, -7e200, 1e-290] {
            let scale = Scale(Axis(""), value...value, ticks: 5, isRounded: true)
            #expect(
                scale.domain.contains(value) && scale.domain.lowerBound < scale.domain.upperBound, "\(value): \(scale.domain)")
            #expect((0.01...0.99).contains(scale.share(value)), "\(value): \(scale.share(value))")
        }
        let log = Scale(Axis("", .logarithmic), 7...7, ticks: 5, isRounded: true)
        #expect(log.domain == 2...20 && log.share(2) == 0 && log.share(20) == 1)
        #expect(Scale(Axis("", includesZero: true), 0...0, ticks: 5, isRounded: true).domain == 0...1)
    }

    @Test func labelsAboveEachOtherHaveRoom() {
        let scale = Scale(Axis(""), 0...10, ticks: 2, isRounded: true)
        #expect(scale.ticksThatFit(height: 100).map(\.label) == ["0", "5", "10"])
        #expect(scale.ticksThatFit(height: 30).map(\.label) == ["0", "10"])
    }

    @Test func theWidestDomainsHaveScales() {
        for axis in [Axis("", .logarithmic), Axis("")] {
            let low = axis.kind == .linear ? -1e300 : 1e-300
            let scale = Scale(axis, low...1e300, ticks: 5, isRounded: true)
            #expect(scale.share(low) >= 0 && scale.share(1) > 0.4 && scale.share(1) < 0.6 && scale.share(1e300) <= 1)
            #expect(scale.ticks(5).count >= 2)
        }
    }

    /// A range that cannot be one is none.
    @Test func rangesAreChecked() {
        #expect(Axis("", range: 0...0).range == nil && Axis("", .logarithmic, range: 0...1).range == nil)
        #expect(Axis("", range: -1...Double.infinity).range == nil && Axis("", range: -1...1).range == -1...1)
    }

    @Test func ticksAscendWithinTheDomainWithDifferentLabels() {
        var numbers = SampleNumbers(42)
        for index in 0..<4000 {
            var power = 1.0
            let size = index.isMultiple(of: 4) ? Int(numbers.next() % 500) - 250 : Int(numbers.next() % 12) - 6
            for _ in 0..<abs(size) { power *= size < 0 ? 0.1 : 10 }
            let kind: Axis.Kind = numbers.share() < 0.5 ? .linear : .logarithmic
            let offset = kind == .linear && numbers.share() < 0.3 ? power * 1e6 * numbers.share() : 0
            let low = power * (kind == .linear ? numbers.share() - 0.5 : numbers.share() + 1e-6) + offset
            let high = low + power * numbers.share() * (numbers.share() < 0.2 ? 1000 : 1)
            let axis = Axis("", kind, format: numbers.share() < 0.2 ? .percent : .number, isWhole: numbers.share() < 0.1)
            let count = 2 + Int(numbers.next() % 10)
            let isRounded = numbers.share() < 0.5
            let scale = Scale(axis, low...high, ticks: count, isRounded: isRounded)
            let ticks = scale.ticks(count)
            let what = "\(low)...\(high) \(kind), \(count) wanted: \(ticks.map(\.label))"
            #expect(
                ticks.allSatisfy { scale.domain.contains($0.value) && (-1e-9...1 + 1e-9).contains(scale.share($0.value)) },
                "\(what)")
            #expect(zip(ticks, ticks.dropFirst()).allSatisfy { $0.value < $1.value }, "\(what)")
            #expect(Set(ticks.map(\.label)).count == ticks.count, "\(what)")
            #expect(ticks.count <= count + 3, "\(what)")
            #expect(scale.domain.lowerBound <= low && high <= scale.domain.upperBound, "\(what)")
            if isRounded, !axis.isWhole { #expect(ticks.count >= 1, "\(what)") }
        }
    }
}
