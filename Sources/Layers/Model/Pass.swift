import Kernels
import Memory

/// What a layer works with in one call: how many rows, what for, and the memory it has planned.
public struct Pass {
    /// Whether dropout drops and batch statistics are taken.
    public enum Mode: Equatable, Sendable {
        /// Nothing is dropped; running statistics are used.
        case inference
        /// Dropout drops; batch statistics are taken and remembered.
        case training
    }

    /// The rows of this call, at most those planned.
    public let rows: Int
    /// What the call is for.
    public let mode: Mode
    /// The number of this pass's first row in the whole batch, so that dropout masks follow rows rather than threads.
    public let firstRow: Int
    /// The key of this training step's dropout masks.
    public let dropoutKey: UInt64
    /// The model's values, and its weights as kernels read them.
    package let weights: PackedWeights
    /// The memory of the lane at work.
    package let lane: Lane
    /// The threads that work at this pass.
    package let team: KernelTeam
    /// Whether layers leave out the gradients that they can take later.
    package let defersGradients: Bool

    /// What a layer works with in one call.
    /// - Parameters:
    ///   - team: The threads that share its large products; what comes out does not depend on them.
    ///   - defersGradients: Whether `backward` leaves out the gradients that `addDeferredGradient` takes.
    public init(
        rows: Int, mode: Mode, firstRow: Int = 0, dropoutKey: UInt64 = 0, weights: PackedWeights, lane: Lane,
        team: KernelTeam = .alone, defersGradients: Bool = false
    ) {
        self.rows = rows
        self.mode = mode
        self.firstRow = firstRow
        self.dropoutKey = dropoutKey
        self.weights = weights
        self.lane = lane
        self.team = team
        self.defersGradients = defersGradients
    }

    /// The model's values.
    package var state: ModelState { weights.state }

    /// A weight to read.
    @_lifetime(borrow self)
    public func weight(_ slot: Slot) -> Span<Float> { weights.state.weights.read(slot) }

    /// Packed weights to read.
    @_lifetime(borrow self)
    public func packed(_ slot: Slot) -> Span<Float> { weights.arena.read(slot) }

    /// A running statistic to read: what training batches have left.
    @_lifetime(borrow self)
    public func statistic(_ slot: Slot) -> Span<Float> { weights.state.statistics.read(slot) }

    /// Where training adds the statistic of its rows, times their number.
    @_lifetime(borrow self)
    public func sum(_ slot: Slot) -> MutableSpan<Float> { lane.statisticSums.write(slot) }

    /// The gradient of a weight, to add to.
    @_lifetime(borrow self)
    public func gradient(_ slot: Slot) -> MutableSpan<Float> { lane.gradients.write(slot) }

    /// Values kept between the forward and the backward call.
    @_lifetime(borrow self)
    public func read(_ slot: RowSlot) -> Span<Float> { lane.activations.read(slot.slot(rows: rows)) }

    /// Values that forward keeps for backward, to write; [rows, floats of a row].
    @_lifetime(borrow self)
    public func write(_ slot: RowSlot) -> MutableSpan<Float> { lane.activations.write(slot.slot(rows: rows)) }

    /// Values of the layer as a whole, kept between the forward and the backward call.
    @_lifetime(borrow self)
    public func read(_ slot: Slot) -> Span<Float> { lane.activations.read(slot) }

    /// Values of the layer as a whole that forward keeps for backward, to write.
    @_lifetime(borrow self)
    public func write(_ slot: Slot) -> MutableSpan<Float> { lane.activations.write(slot) }

    /// A part of such values: `count` floats from `start`.
    @_lifetime(borrow self)
    func read(_ slot: RowSlot, from start: Int, count: Int) -> Span<Float> {
        lane.activations.read(slot.slot(rows: rows).part(from: start, count: count))
    }

    @_lifetime(borrow self)
    func write(_ slot: RowSlot, from start: Int, count: Int) -> MutableSpan<Float> {
        lane.activations.write(slot.slot(rows: rows).part(from: start, count: count))
    }

    /// Values of one call.
    @_lifetime(borrow self)
    public func readScratch(_ slot: RowSlot) -> Span<Float> { lane.scratch.read(slot.slot(rows: rows)) }

    /// Values of one call, to write; [rows, floats of a row].
    @_lifetime(borrow self)
    public func writeScratch(_ slot: RowSlot) -> MutableSpan<Float> { lane.scratch.write(slot.slot(rows: rows)) }

    /// Values of the layer as a whole in one call.
    @_lifetime(borrow self)
    public func writeScratch(_ slot: Slot) -> MutableSpan<Float> { lane.scratch.write(slot) }

    @_lifetime(borrow self)
    func writeScratch(_ slot: RowSlot, from start: Int, count: Int) -> MutableSpan<Float> {
        lane.scratch.write(slot.slot(rows: rows).part(from: start, count: count))
    }

    /// Fills a dropout mask of `segments` x `length`, where segment s of this pass is number `number(s)` of the whole batch.
    @_lifetime(mask: copy mask)
    func fillMask(_ mask: inout MutableSpan<Float>, length: Int, rate: Float, stream: UInt64, number: (Int) -> Int) {
        let key = Random.word(key: dropoutKey, counter: stream)
        let words = UInt64((length + 1) / 2)
        for segment in 0..<(length == 0 ? 0 : mask.count / length) {
            fillDropoutMask(
                &mask, from: segment * length, count: length, rate: rate, key: key,
                firstCounter: UInt64(number(segment)) * words)
        }
    }
}
