import Hartrain
import HartrainTesting

/// y = gain x, one gain for each channel: [steps, channels] to [steps, channels].
struct Scale: Layer {
    static let kind = "Scale"
    var name = ""
    private var gain = Slot.none
    private var channels = 0

    init() {}
    init(fields: inout LayerFields) throws(JSONFieldError) {}

    mutating func bind(_ plan: inout LayerPlan, input: Shape) throws(ModelError) -> Shape {
        channels = input[input.rank - 1]
        gain = try plan.weight("weight", [channels])
        return input
    }

    func initialize(_ values: inout InitialValues) { values.fill(gain, with: 1) }

    @_lifetime(y: copy y)
    func forward(_ pass: Pass, _ x: Span<Float>, _ y: inout MutableSpan<Float>) {
        let gain = pass.weight(gain)
        for i in x.indices { y[i] = x[i] * gain[i % channels] }
    }

    @_lifetime(dx: copy dx)
    func backward(_ pass: Pass, x: Span<Float>, y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>) {
        let gain = pass.weight(gain)
        var dGain = pass.gradient(self.gain)
        for i in x.indices { dGain[i % channels] += x[i] * dy[i] }
        guard !dx.isEmpty else { return }
        for i in x.indices { dx[i] = dy[i] * gain[i % channels] }
    }
}

@main enum OwnLayer {
    static func main() throws {
        try checkGradients(of: [Scale()], input: [5, 3])
        let format = WindowFormat(steps: 5, channels: 3, classes: 2)
        let values = (0..<40 * 15).map { index in
            let (label, noise) = (Float(index / 15 % 2), Float(index * 7 % 11))
            return label / 2 + noise / 11
        }
        let windows = try WindowSet(values: values, labels: (0..<40).map { $0 % 2 }, format: format)
        let model = ModelDescription("scaled", input: format.shape) {
            Scale(); Flatten(); Dense(2)
        }
        let trainer = try Trainer(
            model, recipe: Recipe(epochs: 20, batch: 8, learningRate: 0.05), training: windows, validation: windows)
        try trainer.fit { _ in .continue }
        try trainer.best.write(to: "scaled.safetensors")
        let again = try Checkpoint(reading: "scaled.safetensors", kinds: .standard.adding(Scale.self))
        print("accuracy \(try trainer.evaluate(windows).accuracy), gains \(again["scale.weight"]?.values ?? [])")
    }
}
