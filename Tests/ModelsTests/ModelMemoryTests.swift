import Layers
import SmallModel
import Testing

@testable import Models

@Suite struct ModelMemoryTests {
    /// Arenas and what is needed beside them, added up before any is made; small needs ask nobody.
    @Test func aPredictionNeedsItsArenas() throws {
        let text = """
            {"name": "wide", "input": {"steps": 8, "channels": 2}, "layers": [
              {"layer": "Flatten"}, {"layer": "Dense", "units": 60000}, {"layer": "Dense", "units": 60}]}
            """
        let model = try Model(try SmallModel.description(text), maximumRows: 1)
        let needed = 4 * (model.weightCount + model.packedCount + model.activationCount + model.scratchCount)
        try model.requirePredictionMemory(available: needed)
        try model.requirePredictionMemory(besides: 1000, available: needed + 1000)
        for (other, available) in [(0, needed - 1), (1000, needed + 999)] {
            let error = #expect(throws: ModelError.self) {
                try model.requirePredictionMemory(besides: other, available: available)
            }
            #expect(error?.reason.contains("this process can have \(available >> 20) MiB") == true)
        }
        try Model(try SmallModel.description(), maximumRows: 1).requirePredictionMemory(available: 0)
    }
}
