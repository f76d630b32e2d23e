/// A region of an arena: where it begins and how many floats it has. Never a pointer, so layers that hold slots stay values.
public struct Slot: Equatable, Sendable {
    /// The first float.
    public let offset: Int
    /// The number of floats.
    public let count: Int

    /// A region of an arena that has at least `offset + count` floats.
    public init(offset: Int, count: Int) {
        self.offset = offset
        self.count = count
    }

    /// The slot of a layer that is not bound yet: nothing.
    public static let none = Slot(offset: 0, count: 0)

    /// Whether all of another region is in this one.
    public func contains(_ other: Slot) -> Bool {
        other.offset >= offset && other.offset + other.count <= offset + count
    }

    /// The first `count` floats of the slot: what a pass over fewer rows than planned uses.
    public func prefix(_ count: Int) -> Slot {
        precondition(count <= self.count, "a slot of \(self.count) floats has no prefix of \(count)")
        return Slot(offset: offset, count: count)
    }

    /// The `count` floats that begin `start` floats into the slot.
    public func part(from start: Int, count: Int) -> Slot {
        precondition(start >= 0 && start + count <= self.count, "a slot of \(self.count) floats has no part \(start)+\(count)")
        return Slot(offset: offset + start, count: count)
    }
}
