import Layers
import Memory

/// The weights, cut into the parts in which lanes' gradients are added up and weights are changed.
struct GradientParts {
    struct Part {
        let slot: Slot
        /// Whether the gradient is not there before the part is changed: see `Model.addDeferredGradient`.
        let isDeferred: Bool
    }

    /// The most ranges that are worked at side by side.
    private static let mostRanges = 12
    /// The floats of a part whose gradient is there: 64 KiB, so that it is still in the cache when the optimizer takes it.
    private static let keptFloats = 1 << 14
    /// The floats of one that is taken then: 256 KiB, as many as a product over many rows packs its operands for.
    private static let deferredFloats = 1 << 16

    /// The parts, dealt to ranges that are worked at side by side. How many does not depend on the machine.
    let ranges: [[Part]]
    /// The gradients that passes add to.
    let kept: [Slot]
    /// Whether they leave out any.
    let defersGradients: Bool

    /// - Parameter deferred: The gradients that passes leave out.
    init(weightCount: Int, deferred: [DeferrableGradient]) {
        var parts: [Part] = []
        var kept: [Slot] = []
        func keep(_ offsets: Range<Int>) {
            if !offsets.isEmpty { kept.append(Slot(offset: offsets.lowerBound, count: offsets.count)) }
            for offset in stride(from: offsets.lowerBound, to: offsets.upperBound, by: GradientParts.keptFloats) {
                let count = min(GradientParts.keptFloats, offsets.upperBound - offset)
                parts.append(Part(slot: Slot(offset: offset, count: count), isDeferred: false))
            }
        }
        var end = 0
        for gradient in deferred {
            let weight = gradient.weight
            keep(end..<weight.offset)
            let rows = (GradientParts.deferredFloats + gradient.rowCount - 1) / gradient.rowCount
            for start in stride(from: 0, to: weight.count, by: rows * gradient.rowCount) {
                let part = weight.part(from: start, count: min(rows * gradient.rowCount, weight.count - start))
                parts.append(Part(slot: part, isDeferred: true))
            }
            end = weight.offset + weight.count
        }
        keep(end..<weightCount)
        let count = max(1, min(GradientParts.mostRanges, weightCount / 8192))
        var ranges = Array(repeating: [Part](), count: count)
        for part in parts { ranges[part.slot.offset * count / weightCount].append(part) }
        self.ranges = ranges
        self.kept = kept
        defersGradients = !deferred.isEmpty
    }

    /// The floats that deferred gradients stand in, all ranges together.
    var deferredCount: Int { ranges.indices.reduce(0) { $0 + largestDeferred($1) } }

    /// The floats of the largest part of a range whose gradient is taken when it is changed.
    func largestDeferred(_ range: Int) -> Int { ranges[range].map { $0.isDeferred ? $0.slot.count : 0 }.max() ?? 0 }
}
