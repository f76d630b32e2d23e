import Memory

/// A division of the training windows into those trained on and those held out for validation.
public struct Split: Equatable, Sendable {
    /// Which windows are held out.
    public enum Kind: String, CaseIterable, Sendable {
        /// A share of each class's windows, as in the study.
        case stratified
        /// All windows of some groups, so that validation says something about groups that were never seen.
        case groups
    }

    /// Indices of the windows to train on, ascending.
    public let training: [Int]
    /// Indices of the windows held out, ascending.
    public let validation: [Int]

    /// Holds out a share of each class, so that both parts have the classes in the same proportions.
    ///
    /// Exactly `round(fraction * labels.count)` windows are held out (1838 of 7352 at 0.25); each class gives its share rounded
    /// down, and the classes with the largest remainders give one more. Windows of one group fall on both sides, and neighbouring
    /// windows may overlap: validation accuracy says nothing about groups that were never seen.
    ///
    /// - Parameters:
    ///   - labels: the class of each window, [count].
    ///   - fraction: share to hold out, from 0 to below 1; 0 holds out nothing.
    ///   - seed: which windows; the same seed gives the same split on every machine.
    /// - Throws: `SplitError` if the fraction is out of range or leaves nothing to train on.
    public static func stratified(labels: [Int32], fraction: Double = 0.25, seed: UInt64) throws(SplitError) -> Split {
        let target = try heldOutCount(of: labels.count, fraction: fraction)
        var members: [Int32: [Int]] = [:]
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

    /// Holds out whole groups, as many of a shuffled list as come nearest to the fraction of windows.
    ///
    /// - Parameters:
    ///   - groups: the group of each window, [count].
    ///   - fraction: share of the windows to hold out, above 0 and below 1; at least one group is held out and one is kept.
    ///   - seed: which groups.
    /// - Throws: `SplitError` if the fraction is out of range or there are fewer than two groups.
    public static func groups(_ groups: [Int32], fraction: Double = 0.25, seed: UInt64) throws(SplitError) -> Split {
        guard fraction > 0 else { throw .fraction(fraction) }
        let target = try heldOutCount(of: groups.count, fraction: fraction)
        let row = try shuffled(groups, seed: seed)
        var sizes: [Int32: Int] = [:]
        for group in groups { sizes[group, default: 0] += 1 }

        var held = sizes[row[0], default: 0]
        var count = 1
        while count < row.count - 1 {
            let next = held + sizes[row[count], default: 0]
            guard abs(next - target) < abs(held - target) else { break }
            held = next
            count += 1
        }
        let heldOut = Set(row.prefix(count))
        return Split(holdingOut: groups.indices.filter { heldOut.contains(groups[$0]) }, of: groups.count)
    }

    /// Divides the windows of a set into two parts, none of them empty.
    /// - Throws: `SplitError` as the kind's own function, and where nothing would be held out.
    public init(_ kind: Kind, of windows: WindowSet, fraction: Double, seed: UInt64) throws(SplitError) {
        guard kind != .groups || !windows.groups.isEmpty || windows.count == 0 else { throw .noGroups }
        self =
            switch kind {
            case .stratified: try .stratified(labels: windows.labels, fraction: fraction, seed: seed)
            case .groups: try .groups(windows.groups, fraction: fraction, seed: seed)
            }
        guard !validation.isEmpty else { throw .nothingHeldOut(windows: windows.count, fraction: fraction) }
    }

    private init(holdingOut validation: [Int], of count: Int) {
        var isHeldOut = [Bool](repeating: false, count: count)
        for index in validation { isHeldOut[index] = true }
        training = (0..<count).filter { !isHeldOut[$0] }
        self.validation = (0..<count).filter { isHeldOut[$0] }
    }

    private static func heldOutCount(of count: Int, fraction: Double) throws(SplitError) -> Int {
        guard fraction >= 0, fraction < 1 else { throw .fraction(fraction) }
        let held = Int((fraction * Double(count)).rounded())
        guard held < count else { throw .nothingLeft(windows: count, fraction: fraction) }
        return held
    }

    private static func shuffled(_ groups: [Int32], seed: UInt64) throws(SplitError) -> [Int32] {
        var distinct = Set(groups).sorted()
        guard distinct.count >= 2 else { throw .tooFewGroups(distinct.count) }
        var generator = Random(seed: seed, stream: .split)
        generator.shuffle(&distinct)
        return distinct
    }
}
