import Glibc

/// One zeroed, 64-byte aligned block of floats, allocated once and used through slots.
///
/// The plan gives every slot a region of its own, so spans of different slots never overlap and an arena can hand out several
/// writable ones at a time. Two writable spans of the *same* slot are the caller's mistake, as is writing one arena from two
/// threads; layers avoid both by taking each slot once and by working on the arenas of their own lane.
@safe
public final class Arena: @unchecked Sendable {
    /// The number of floats.
    public let count: Int
    private let block: UnsafeMutableRawPointer
    private let base: UnsafeMutablePointer<Float>

    private static let alignment = 64

    /// An arena of `count` zeros.
    ///
    /// Of a large one the system gives each page when it is first written.
    public init(count: Int) {
        self.count = count
        guard let block = unsafe calloc(count * MemoryLayout<Float>.stride + Arena.alignment, 1) else {
            fatalError("there is no memory for \(count) floats")
        }
        unsafe self.block = block
        unsafe base = block.alignedUp(toMultipleOf: Arena.alignment).bindMemory(to: Float.self, capacity: count)
    }

    deinit {
        unsafe free(block)
    }

    /// The whole arena as one slot.
    public var all: Slot { Slot(offset: 0, count: count) }

    /// A slot to read.
    @_lifetime(borrow self)
    public func read(_ slot: Slot) -> Span<Float> {
        check(slot)
        let elements = unsafe UnsafeBufferPointer(start: base + slot.offset, count: slot.count)
        let span = unsafe Span(_unsafeElements: elements)
        return unsafe _overrideLifetime(span, borrowing: self)
    }

    /// A slot to write.
    @_lifetime(borrow self)
    public func write(_ slot: Slot) -> MutableSpan<Float> {
        check(slot)
        let elements = unsafe UnsafeMutableBufferPointer(start: base + slot.offset, count: slot.count)
        let span = unsafe MutableSpan(_unsafeElements: elements)
        return unsafe _overrideLifetime(span, borrowing: self)
    }

    private func check(_ slot: Slot) {
        precondition(
            slot.offset >= 0 && slot.count >= 0 && slot.offset + slot.count <= count,
            "the slot \(slot.offset)+\(slot.count) is outside an arena of \(count) floats")
    }
}
