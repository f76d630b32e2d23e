import LayerCases
import Testing

@testable import Layers

@Suite struct LayerCheckTests {
    @Test(arguments: LayerCase.all)
    func keepsTheContract(_ layer: LayerCase) throws {
        try checkLayer(
            layer.layers, input: layer.input, output: layer.output, parameters: layer.parameters, rows: layer.rows,
            plannedRows: layer.plannedRows, hasKinks: layer.hasKinks)
    }

    @Test func everyKindOfTheRegistryIsChecked() {
        func kinds(_ layers: [any Layer]) -> [String] {
            layers.flatMap { layer in
                [type(of: layer).kind] + ((layer as? Concatenate)?.branches.flatMap { kinds($0.layers) } ?? [])
            }
        }
        let checked = Set(LayerCase.all.flatMap { kinds($0.layers) })
        #expect(checked == Set(LayerKinds.standard.names))
    }
}
