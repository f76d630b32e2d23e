import Kernels
import Memory
import StrictJSON

/// Branches that see the same input, their outputs side by side in the channels: [steps, channels] to [steps, sum of the branches'
/// channels], as the Inception block needs it (Szegedy et al., "Going deeper with convolutions", 2015).
public struct Concatenate: Layer {
    public static let kind = "Concatenate"
    public static let defaultName = "concatenate"

    public var name: String
    /// The branches, in the order of their channels in the output.
    public private(set) var branches: [Sequential]

    private var widths: [Int] = []
    private var steps = 1
    private var outputs: [RowSlot] = []
    private var dOutputs: [RowSlot] = []
    private var dInput = RowSlot.none

    /// Branches side by side; their parameters are named "branch1", "branch2" ... within the layer's name.
    public init(_ branches: [Sequential], name: String = "") {
        self.branches = branches
        self.name = name
    }

    public mutating func bind(_ plan: inout LayerPlan, input: Shape) throws(ModelError) -> Shape {
        try plan.require(!branches.isEmpty) { "Concatenate needs at least one branch" }
        widths = []
        outputs = []
        dOutputs = []
        var first: Shape?
        let flattened = plan.flattened
        for index in branches.indices {
            var branch = branches[index]
            plan.flattened = flattened
            let shape = try plan.inside("branch\(index + 1)") { plan throws(ModelError) in
                try branch.bind(&plan, input: input)
            }
            branches[index] = branch
            let expected = first ?? shape
            first = expected
            try plan.require(shape.rank == expected.rank && shape.rank <= 2 && (shape.rank == 1 || shape[0] == expected[0])) {
                "branch \(index + 1) gives \(shape), branch 1 \(expected): all but the channels must be equal"
            }
            widths.append(shape[shape.rank - 1])
            steps = shape.rank == 2 ? shape[0] : 1
            outputs.append(plan.activation(perRow: shape.count))
            dOutputs.append(plan.activation(perRow: shape.count))
        }
        dInput = plan.activation(perRow: input.count)
        let total = widths.reduce(0, +)
        return first?.rank == 2 ? [steps, total] : [total]
    }

    public func initialize(_ values: inout InitialValues) {
        for branch in branches { branch.initialize(&values) }
    }

    public func pack(into packed: PackedWeights) {
        for branch in branches { branch.pack(into: packed) }
    }

    @_lifetime(y: copy y)
    public func forward(_ pass: Pass, _ x: Span<Float>, _ y: inout MutableSpan<Float>) {
        let total = widths.reduce(0, +)
        var offset = 0
        for index in branches.indices {
            var output = pass.write(outputs[index])
            branches[index].forward(pass, x, &output)
            let width = widths[index]
            copyRows(
                output.span, rows: pass.rows * steps, width: width, rowStride: width, to: &y, from: offset, rowStride: total)
            offset += width
        }
    }

    @_lifetime(dx: copy dx)
    public func backward(_ pass: Pass, x: Span<Float>, y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>) {
        let total = widths.reduce(0, +)
        var offset = 0
        for index in branches.indices {
            var dOutput = pass.write(dOutputs[index])
            let width = widths[index]
            if pass.rows > 0 {
                copyRows(
                    dy.extracting(offset...), rows: pass.rows * steps, width: width, rowStride: total, to: &dOutput,
                    rowStride: width)
            }
            offset += width
            // The first branch writes dx, the others add to it.
            if index == 0 || dx.isEmpty {
                branches[index].backward(pass, x: x, y: pass.read(outputs[index]), dy: dOutput.span, dx: &dx)
            } else {
                var own = pass.write(dInput)
                branches[index].backward(pass, x: x, y: pass.read(outputs[index]), dy: dOutput.span, dx: &own)
                add(own.span, to: &dx)
            }
        }
    }

    @_lifetime(sums: copy sums)
    public func addDeferredGradient(_ pass: Pass, x: Span<Float>, of part: Slot, to sums: inout MutableSpan<Float>) {
        for branch in branches { branch.addDeferredGradient(pass, x: x, of: part, to: &sums) }
    }
}

extension Concatenate {
    public init(fields: inout LayerFields) throws(JSONFieldError) {
        self.init(try fields.branches("branches"))
    }

    public var fields: JSONObject {
        ["branches": .array(branches.map { .array($0.layers.map(LayerKinds.json)) })]
    }
}
