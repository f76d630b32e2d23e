import Kernels
import Memory
import StrictJSON

/// Normalisation of each channel over rows and steps: y = (x - mean) / sqrt(variance + epsilon) * weight + bias
/// (Ioffe and Szegedy, 2015), for [steps, channels] or [features].
///
/// In training, mean and variance are those of a lane: of the whole batch up to 63 rows, of parts of 32 rows or more above ("ghost
/// batch normalisation", Hoffer et al., 2017), whatever the number of threads. Predictions use the moving averages, as PyTorch
/// keeps them: unbiased variance, new = (1 - momentum) old + momentum batch. Features without steps need two rows in every batch.
public struct BatchNorm1D: Layer {
    public static let kind = "BatchNorm1D"
    public static let defaultName = "norm"

    public var name: String
    /// Added to the variance, so that a constant channel divides by no zero.
    public let epsilon: Double
    /// The share of the newest batch in the moving averages.
    public let momentum: Double
    /// Channels keep their places.
    public var isElementwise: Bool { true }

    private var steps = 1
    private var channels = 0
    private var weight = Slot.none
    private var bias = Slot.none
    private var runningMean = Slot.none
    private var runningVariance = Slot.none
    private var mean = Slot.none
    private var variance = Slot.none
    private var sums = Slot.none

    /// Batch normalisation with PyTorch's defaults.
    public init(epsilon: Double = 1e-5, momentum: Double = 0.1, name: String = "") {
        self.epsilon = epsilon
        self.momentum = momentum
        self.name = name
    }

    public mutating func bind(_ plan: inout LayerPlan, input: Shape) throws(ModelError) -> Shape {
        try plan.require(input.rank == 1 || input.rank == 2) {
            "BatchNorm1D needs an input of [features] or [steps, channels], not \(input)"
        }
        try plan.require(input.count > 0) { "an input of \(input) is empty" }
        try plan.require(epsilon > 0 && momentum > 0 && momentum <= 1) {
            "epsilon must be above 0 and momentum in 0 ... 1, not \(epsilon) and \(momentum)"
        }
        steps = input.rank == 2 ? input[0] : 1
        if steps == 1 { plan.require(leastBatch: 2) }
        channels = input[input.rank - 1]
        let shape = input.rank == 1 ? plan.flattened ?? [channels] : [channels]
        weight = try plan.weight("weight", shape, fileRank: 1)
        bias = try plan.weight("bias", shape, fileRank: 1)
        runningMean = plan.statistic("running_mean", shape, momentum: momentum, fileRank: 1)
        runningVariance = plan.statistic("running_var", shape, momentum: momentum, fileRank: 1)
        mean = plan.activation(count: channels)
        variance = plan.activation(count: channels)
        sums = plan.scratch(count: 2 * channels)
        plan.count(operations: 4 * input.count)
        return input
    }

    public func initialize(_ values: inout InitialValues) {
        values.fill(weight, with: 1)
        values.fillStatistic(runningVariance, with: 1)
    }

    @_lifetime(y: copy y)
    public func forward(_ pass: Pass, _ x: Span<Float>, _ y: inout MutableSpan<Float>) {
        let rows = pass.rows * steps
        if pass.mode == .inference {
            normalizeForward(
                x, rows: rows, mean: pass.statistic(runningMean),
                variance: pass.statistic(runningVariance),
                epsilon: Float(epsilon), weight: pass.weight(weight), bias: pass.weight(bias), into: &y)
            return
        }
        var mean = pass.write(mean)
        var variance = pass.write(variance)
        channelStatistics(x, rows: rows, mean: &mean, variance: &variance)
        normalizeForward(
            x, rows: rows, mean: mean.span, variance: variance.span, epsilon: Float(epsilon), weight: pass.weight(weight),
            bias: pass.weight(bias), into: &y)
        var meanSums = pass.sum(runningMean)
        var varianceSums = pass.sum(runningVariance)
        // One value has no unbiased variance; its own, 0, stands in.
        let unbiased = rows > 1 ? Float(rows) / Float(rows - 1) : 1
        for c in 0..<channels {
            meanSums[c] += Float(pass.rows) * mean[c]
            varianceSums[c] += Float(pass.rows) * variance[c] * unbiased
        }
    }

    @_lifetime(dx: copy dx)
    public func backward(_ pass: Pass, x: Span<Float>, y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>) {
        var sums = pass.writeScratch(sums)
        var dWeight = pass.gradient(weight)
        var dBias = pass.gradient(bias)
        normalizeBackward(
            x, dy: dy, rows: pass.rows * steps, mean: pass.read(mean),
            variance: pass.read(variance), epsilon: Float(epsilon), weight: pass.weight(weight), sums: &sums,
            dWeight: &dWeight, dBias: &dBias, into: &dx)
    }
}

extension BatchNorm1D {
    public init(fields: inout LayerFields) throws(JSONFieldError) {
        self.init(epsilon: try fields.take("epsilon", default: 1e-5), momentum: try fields.take("momentum", default: 0.1))
    }

    public var fields: JSONObject { ["epsilon": .number(epsilon), "momentum": .number(momentum)] }
}
