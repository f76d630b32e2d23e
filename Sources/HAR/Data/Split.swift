import Memory

/// A division of the training windows into those trained on and those held out for validation.
public struct Split: Equatable, Sendable {
    /// Indices of the windows to train on, ascending.
    public let training: [Int]
    /// Indices of the windows held out, ascending.
    public let validation: [Int]

    /// Holds out a share of each class, so that both parts have the classes in the same proportions.
    ///
    /// Exactly `round(fraction * labels.count)` windows are held out (1838 of 7352 at 0.25); each class gives its share rounded
    /// down, and the classes with the largest remainders give one more. Windows of one volunteer fall on both sides, and
    /// neighbouring windows overlap: validation accuracy says nothing about people who were never seen.
    ///
    /// - Parameters:
    ///   - labels: the class of each window, [count].
    ///   - fraction: share to hold out, from 0 to below 1; 0 holds out nothing.
    ///   - seed: which windows; the same seed gives the same split on every machine.
    /// - Throws: `SplitError` if the fraction is out of range or leaves nothing to train on.
    public static func stratified(labels: [UInt8], fraction: Double = 0.25, seed: UInt64) throws(SplitError) -> Split {
        let target = try heldOutCount(of: labels.count, fraction: fraction)
        var members: [UInt8: [Int]] = [:]
        for (index, label) in labels.enumerated() { members[label, default: []].append(index) }

        let classes = members.map { (label: $0.key, indices: $0.value) }.sorted { $0.label < $1.label }
        let shares = classes.map { fraction * Double($0.indices.count) }
        var quotas = shares.map { Int($0) }
        // sorted is stable: of equal remainders the lower class comes first.
        let byRemainder = classes.indices.sorted { shares[$0] - Double(quotas[$0]) > shares[$1] - Double(quotas[$1]) }
        for position in byRemainder.prefix(target - quotas.reduce(0, +)) { quotas[position] += 1 }

        var generator = Random(seed: seed, stream: .split)
        var validation: [Int] = []
        for (position, entry) in classes.enumerated() {
            var indices = entry.indices
            generator.shuffle(&indices)
            validation += indices.prefix(quotas[position])
        }
        return Split(holdingOut: validation, of: labels.count)
    }

    /// Holds out whole volunteers, as many of a shuffled list as come nearest to the fraction of windows.
    ///
    /// - Parameters:
    ///   - subjects: the volunteer of each window, [count].
    ///   - fraction: share of the windows to hold out, above 0 and below 1; at least one volunteer is held out and one is kept.
    ///   - seed: which volunteers.
    /// - Throws: `SplitError` if the fraction is out of range or there are fewer than two volunteers.
    public static func volunteers(subjects: [UInt8], fraction: Double = 0.25, seed: UInt64) throws(SplitError) -> Split {
        guard fraction > 0 else { throw .fraction(fraction) }
        let target = try heldOutCount(of: subjects.count, fraction: fraction)
        let row = try shuffledVolunteers(subjects, seed: seed)
        var sizes: [UInt8: Int] = [:]
        for subject in subjects { sizes[subject, default: 0] += 1 }

        var held = sizes[row[0], default: 0]
        var count = 1
        while count < row.count - 1 {
            let next = held + sizes[row[count], default: 0]
            guard abs(next - target) < abs(held - target) else { break }
            held = next
            count += 1
        }
        return Split(subjects: subjects, holdingOut: row.prefix(count))
    }

    private init(holdingOut validation: [Int], of count: Int) {
        var isHeldOut = [Bool](repeating: false, count: count)
        for index in validation { isHeldOut[index] = true }
        training = (0..<count).filter { !isHeldOut[$0] }
        self.validation = (0..<count).filter { isHeldOut[$0] }
    }

    private init(subjects: [UInt8], holdingOut volunteers: ArraySlice<UInt8>) {
        self.init(holdingOut: subjects.indices.filter { volunteers.contains(subjects[$0]) }, of: subjects.count)
    }

    private static func heldOutCount(of count: Int, fraction: Double) throws(SplitError) -> Int {
        guard fraction >= 0, fraction < 1 else { throw .fraction(fraction) }
        let held = Int((fraction * Double(count)).rounded())
        guard held < count else { throw .nothingLeft(windows: count, fraction: fraction) }
        return held
    }

    private static func shuffledVolunteers(_ subjects: [UInt8], seed: UInt64) throws(SplitError) -> [UInt8] {
        var volunteers = Set(subjects).sorted()
        guard volunteers.count >= 2 else { throw .tooFewVolunteers(volunteers.count) }
        var generator = Random(seed: seed, stream: .split)
        generator.shuffle(&volunteers)
        return volunteers
    }
}

/// Why windows cannot be split as asked.
public enum SplitError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The share to hold out is not from 0 to below 1 (volunteers: above 0).
    case fraction(Double)
    /// Holding out this share leaves no window to train on.
    case nothingLeft(windows: Int, fraction: Double)
    /// There are too few volunteers to hold one out and keep one.
    case tooFewVolunteers(Int)

    /// What cannot be done and what to give instead.
    public var description: String {
        switch self {
        case .fraction(let fraction):
            "cannot hold out a fraction of \(fraction) for validation: give a number from 0 to below 1, such as 0.25 (above 0 to hold "
                + "out volunteers)"
        case .nothingLeft(let windows, let fraction):
            "holding out a fraction of \(fraction) leaves none of \(windows) windows to train on: give more data or a smaller fraction"
        case .tooFewVolunteers(let count):
            "cannot hold out volunteers: at least two are needed, one to hold out and one to train on; there are \(count)"
        }
    }
}
