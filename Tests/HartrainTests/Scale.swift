import Hartrain

/// y = gain x, one gain for each channel: a layer of somebody who knows only what `import Hartrain` gives.
struct Scale: Layer {
    static let kind = "Scale"
    var name = ""
    /// What the gradient of the gains is multiplied by: 1 is right.
    var mistake: Float = 1
    /// Whether backward adds to the gradient, as it must.
    var adds = true
    private var gain = Slot.none
    private var channels = 0

    init(mistake: Float = 1, adds: Bool = true) {
        self.mistake = mistake
        self.adds = adds
    }
    init(fields: inout LayerFields) throws(JSONFieldError) { self.init() }

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
        if !adds { for c in dGain.indices { dGain[c] = 0 } }
        for i in x.indices { dGain[i % channels] += mistake * x[i] * dy[i] }
        guard !dx.isEmpty else { return }
        for i in x.indices { dx[i] = dy[i] * gain[i % channels] }
    }
}
