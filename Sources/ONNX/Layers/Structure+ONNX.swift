import Layers
import Memory

extension Flatten: ONNXLayer {
    func export(_ input: Value, output: Shape, to graph: inout GraphBuilder) -> Value {
        guard input.shape.rank == 2 else { return input }
        let sequence = graph.arranged(input, as: .channelsFirst)
        let name = graph.add("Flatten", [sequence.name], [.integer("axis", 1)])
        return Value(name: name, layout: .flattened(input.shape), shape: output)
    }
}

extension Concatenate: ONNXLayer {
    func export(_ input: Value, output: Shape, to graph: inout GraphBuilder) throws(ONNXExportError) -> Value {
        let layout: Value.Layout = output.rank == 2 ? .channelsFirst : .features
        var names: [String] = []
        for (index, branch) in branches.enumerated() {
            let name = try graph.inside("branch\(index + 1)") { (graph) throws(ONNXExportError) in
                let value = try branch.export(input, to: &graph)
                return graph.arranged(value, as: layout).name
            }
            names.append(name)
        }
        return Value(name: graph.add("Concat", names, [.integer("axis", 1)]), layout: layout, shape: output)
    }
}
