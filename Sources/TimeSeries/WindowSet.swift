import Kernels
import Memory
import Platform
import StrictJSON

/// Labelled windows: readings [count, steps, channels] as they were measured, the class of each window and, where it is known, whose it is.
///
/// A part of a set (`subscript`, `split`) shares the memory of the whole; no readings are copied.
public struct WindowSet: Sendable {
    /// What the windows hold.
    public let format: WindowFormat
    /// The class of each window, an index of `format.classes`; [count].
    public let labels: [Int32]
    /// What each window belongs to, such as the person who wore the sensor; [count], or empty where nobody said.
    public let groups: [Int32]
    /// The readings of all windows that share the memory.
    private let memory: [Float]
    /// Which of them the set has; nil: all, in their order.
    private let rows: [Int32]?

    /// The number of windows.
    public var count: Int { labels.count }

    /// Takes windows that belong together.
    /// - Parameters:
    ///   - values: The readings of the windows one after another, [count, steps, channels], in the units of the format.
    ///   - labels: The class of each window, from 0; [count].
    ///   - groups: What each window belongs to, [count]: windows of a group should not be on both sides of a split.
    ///   - format: What the windows hold.
    /// - Throws: A `WindowError` where counts do not fit, a label is none of the format's classes, or a value is not finite.
    public init(values: [Float], labels: [Int], groups: [Int]? = nil, format: WindowFormat) throws(WindowError) {
        if let problem = format.problem { throw WindowError(message: problem) }
        let size = format.shape.count
        guard values.count == labels.count * size else {
            throw WindowError(
                message: "\(labels.count) labels and \(values.count) values: windows of \(format.shape) need "
                    + "\(labels.count * size) values")
        }
        if let groups, groups.count != labels.count {
            throw WindowError(message: "\(labels.count) labels and \(groups.count) groups: give one group for each window")
        }
        if let index = labels.firstIndex(where: { !format.classes.indices.contains($0) }) {
            throw WindowError(
                message:
                    "window \(index + 1) has the label \(labels[index]): labels are 0 to \(format.classes.count - 1), for the "
                    + "\(format.classes.count) classes of the format")
        }
        if let groups, let index = groups.firstIndex(where: { Int32(exactly: $0) == nil }) {
            throw WindowError(message: "window \(index + 1) has the group \(groups[index]), which does not fit in 32 bits")
        }
        if let index = firstNonFinite(values.span) {
            throw WindowError(
                message:
                    "window \(index / size + 1) has the value \(values[index]) at step \(index % size / format.channels.count + 1) of "
                    + "channel \(format.channels[index % format.channels.count]): values must be finite numbers")
        }
        self.init(
            checked: values, labels: labels.map { Int32(truncatingIfNeeded: $0) },
            groups: (groups ?? []).map { Int32(truncatingIfNeeded: $0) }, format: format)
    }

    /// Takes windows that a reader has checked.
    /// - Precondition: What the other initialiser checks.
    package init(checked values: [Float], labels: [Int32], groups: [Int32], format: WindowFormat) {
        precondition(
            values.count == labels.count * format.shape.count && (groups.isEmpty || groups.count == labels.count),
            "\(values.count) values, \(labels.count) labels and \(groups.count) groups do not belong together")
        self.init(format: format, labels: labels, groups: groups, memory: values, rows: nil)
    }

    private init(format: WindowFormat, labels: [Int32], groups: [Int32], memory: [Float], rows: [Int32]?) {
        self.format = format
        self.labels = labels
        self.groups = groups
        self.memory = memory
        self.rows = rows
    }

    /// Some windows of the set, in the order of their indices.
    /// - Precondition: 0 <= index < count.
    public subscript(indices: [Int]) -> WindowSet {
        WindowSet(
            format: format, labels: indices.map { labels[$0] }, groups: groups.isEmpty ? [] : indices.map { groups[$0] },
            memory: memory, rows: indices.map { rows?[$0] ?? Int32($0) })
    }

    /// The first windows of the set, `length` of them or all.
    public func prefix(_ length: Int) -> WindowSet { self[Array(0..<min(length, count))] }

    /// The readings of a window, [steps, channels].
    @_lifetime(borrow self)
    public func window(_ index: Int) -> Span<Float> {
        let size = format.shape.count
        let row = place(of: index)
        return memory.span.extracting(row * size..<(row + 1) * size)
    }

    /// Where a window stands in the set that its set is a part of, from 0.
    public func place(of index: Int) -> Int { rows.map { Int($0[index]) } ?? index }

    /// The readings of all windows of the set one after another, [count, steps, channels].
    public var values: [Float] {
        guard rows != nil else { return memory }
        var values: [Float] = []
        values.reserveCapacity(count * format.shape.count)
        for index in 0..<count {
            let window = window(index)
            for i in window.indices { values.append(window[i]) }
        }
        return values
    }

    /// The number of windows of each class; [classes].
    public var classCounts: [Int] {
        var counts = [Int](repeating: 0, count: format.classes.count)
        for label in labels { counts[Int(label)] += 1 }
        return counts
    }

    /// The groups, each once, ascending.
    public var distinctGroups: [Int32] { Set(groups).sorted() }

    /// The same windows under the labels of another format, whose classes are matched by name, whatever their order.
    /// - Throws: A `WindowError` that names what differs where the other format has other channels, other classes or another window.
    public func labelled(as other: WindowFormat) throws(WindowError) -> WindowSet {
        guard format.steps == other.steps else {
            throw WindowError(message: "windows have \(format.steps) steps, not \(other.steps)")
        }
        for (nouns, own, names) in [
            ("channels", format.channels, other.channels), ("classes", format.classes.sorted(), other.classes.sorted()),
        ] where own != names {
            func list(_ names: [String]) -> String { names.map { JSON.excerpt(of: $0) }.joined(separator: ", ") }
            throw WindowError(message: "the \(nouns) are \(list(own)), not \(list(names))")
        }
        var label: [String: Int32] = [:]
        for (index, name) in other.classes.enumerated() { label[name] = Int32(index) }
        let renumbered = format.classes.map { label[$0] ?? 0 }
        var format = format
        format.classes = other.classes
        return WindowSet(
            format: format, labels: labels.map { renumbered[Int($0)] }, groups: groups, memory: memory, rows: rows)
    }

    /// Divides the windows into those to train on and those that say how well that went.
    /// - Parameters:
    ///   - kind: Which windows are held out.
    ///   - fraction: The share that is held out, above 0 and below 1.
    ///   - seed: Which windows; the same seed gives the same split on every machine.
    /// - Throws: A `SplitError` where nothing would be left on one side.
    public func split(
        _ kind: Split.Kind, fraction: Double = 0.25, seed: UInt64 = 0
    ) throws(SplitError) -> (training: WindowSet, validation: WindowSet) {
        let split = try Split(kind, of: self, fraction: fraction, seed: seed)
        return (self[split.training], self[split.validation])
    }

    /// The SHA-256 of the windows, 64 hexadecimal digits: the same for the same windows, wherever they were read.
    ///
    /// Hashed are the number of windows (UInt64), the readings (Float32), labels and groups, all little-endian: a byte each, or four
    /// (Int32) where one of them does not fit in a byte.
    public var hash: String {
        var hash = SHA256()
        add(to: &hash)
        return hash.hex()
    }

    func add(to hash: inout SHA256) {
        unsafe withUnsafeBytes(of: UInt64(count)) { unsafe hash.update(Span(_bytes: $0.bytes)) }
        if rows == nil {
            unsafe hash.update(Span(_bytes: memory.span.bytes))
        } else {
            for index in 0..<count { unsafe hash.update(Span(_bytes: window(index).bytes)) }
        }
        for numbers in [labels, groups] {
            if numbers.allSatisfy({ UInt8(exactly: $0) != nil }) {
                hash.update(numbers.map { UInt8(truncatingIfNeeded: $0) })
            } else {
                unsafe hash.update(Span(_bytes: numbers.span.bytes))
            }
        }
    }
}

extension WindowSet: Equatable {
    /// Whether formats, labels, groups and readings are equal.
    public static func == (a: WindowSet, b: WindowSet) -> Bool {
        a.format == b.format && a.labels == b.labels && a.groups == b.groups && a.values == b.values
    }
}
