/// Measures an arena before it exists: hands out slots one after another, allocates nothing.
public struct Plan: Sendable {
    /// Slots begin at multiples of 16 floats, one 64-byte cache line.
    public static let alignment = 16

    /// The floats planned so far.
    public private(set) var count = 0

    /// A plan of nothing.
    public init() {}

    /// Takes a slot of `count` floats.
    public mutating func take(_ count: Int) -> Slot {
        let slot = Slot(offset: self.count, count: count)
        self.count += (count + Plan.alignment - 1) / Plan.alignment * Plan.alignment
        return slot
    }
}
