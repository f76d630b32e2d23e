import Layers
import Platform

/// A model's layers as a table: output shape, parameters and work of each.
enum ModelSummary {
    static func text(_ model: Model) -> String {
        var table = TextTable(["layer", "kind", "output", "parameters", "kFLOP"])
        for layer in model.layerSummaries {
            table.add([
                layer.name, layer.kind, "\(layer.output)", NumberText.grouped(layer.parameters),
                NumberText.fixed(Double(layer.operations) / 1e3, 1),
            ])
        }
        return table.text + totals(model) + "\n"
    }

    /// "34,728 parameters, 1.26 MFLOP a window, 0.9 MiB of workspace for 7 windows a pass".
    static func totals(_ model: Model) -> String {
        let workspace = (model.activationCount + model.scratchCount) * MemoryLayout<Float>.stride
        return "\(NumberText.grouped(model.parameterCount)) parameters, "
            + "\(NumberText.fixed(Double(model.operationsPerRow) / 1e6, 2)) MFLOP a window, "
            + "\(NumberText.bytes(workspace)) of workspace for \(model.rowsPerPass) windows a pass"
    }
}
