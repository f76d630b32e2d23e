import Layers
import Memory
import Platform

extension Model {
    /// Checks that a prediction finds its memory, all arenas added up, before any of them is made.
    /// - Parameters:
    ///   - other: Bytes that are needed at the same time.
    ///   - available: The bytes that this process can have.
    /// - Throws: A `ModelError` that says how many there are.
    func requirePredictionMemory(
        besides other: Int = 0, available: @autoclosure () -> Int = Machine.availableBytes()
    ) throws(ModelError) {
        let floats = weightCount + 2 * statisticCount + packedCount + activationCount + scratchCount
        let needed = floats * MemoryLayout<Float>.stride + other
        guard needed > Model.unquestioned else { return }
        let available = available()
        guard needed <= available else {
            throw ModelError(
                layer: "",
                reason:
                    "it takes \(needed >> 20) MiB and \(MemoryLimit.text(available: available)): use fewer units, filters or layers"
            )
        }
    }

    /// So many bytes are there wherever the program runs: the system is not asked, which takes as long as small models do.
    private static var unquestioned: Int { 16 << 20 }
}
