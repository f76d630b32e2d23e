import Kernels

/// The rule by which gradients change weights, over the whole weight arena at once.
public protocol Optimizer: Sendable {
    /// The name in recipes: "adam".
    var name: String { get }
    /// How many values it keeps for each weight.
    var stateSlots: Int { get }
    /// Changes a run of weights in place.
    /// - Parameters:
    ///   - weights: The run of weights.
    ///   - gradient: The same run of the gradient.
    ///   - first: The same run of the first kept values; empty where `stateSlots` is 0.
    ///   - second: The same run of the second kept values; empty where `stateSlots` is below 2.
    ///   - rate: The learning rate of this step.
    ///   - step: The number of this step, from 1.
    @_lifetime(weights: copy weights)
    @_lifetime(first: copy first)
    @_lifetime(second: copy second)
    func update(
        weights: inout MutableSpan<Float>, gradient: Span<Float>, first: inout MutableSpan<Float>,
        second: inout MutableSpan<Float>, rate: Double, step: Int)
}

/// Stochastic gradient descent with optional momentum, as PyTorch's `SGD`.
public struct SGD: Optimizer, Equatable {
    /// The share of the last step's velocity that is kept, 0 ..< 1.
    public let momentum: Double
    /// Whether the gradient is taken where the momentum leads (Nesterov).
    public let nesterov: Bool
    /// L2 penalty, added to the gradient.
    public let weightDecay: Double

    /// Plain gradient descent unless told otherwise.
    public init(momentum: Double = 0, nesterov: Bool = false, weightDecay: Double = 0) {
        self.momentum = momentum
        self.nesterov = nesterov
        self.weightDecay = weightDecay
    }

    public var name: String { "sgd" }
    public var stateSlots: Int { Float(momentum) == 0 ? 0 : 1 }

    @_lifetime(weights: copy weights)
    @_lifetime(first: copy first)
    @_lifetime(second: copy second)
    public func update(
        weights: inout MutableSpan<Float>, gradient: Span<Float>, first: inout MutableSpan<Float>,
        second: inout MutableSpan<Float>, rate: Double, step: Int
    ) {
        sgdUpdate(
            weights: &weights, gradient: gradient, velocity: &first, rate: Float(rate), momentum: Float(momentum),
            nesterov: nesterov, decay: Float(weightDecay))
    }
}

/// Adam (Kingma and Ba, 2015); with weight decay, decoupled from the gradient, AdamW (Loshchilov and Hutter, 2019).
public struct Adam: Optimizer, Equatable {
    /// The share of the past in the mean of gradients.
    public let beta1: Double
    /// The share of the past in the mean of their squares.
    public let beta2: Double
    /// Added to the root of the second mean.
    public let epsilon: Double
    /// The share of the rate by which weights shrink in each step; above 0: AdamW.
    public let weightDecay: Double

    /// Adam with the paper's defaults.
    public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8, weightDecay: Double = 0) {
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.weightDecay = weightDecay
    }

    public var name: String { weightDecay == 0 ? "adam" : "adamw" }
    public var stateSlots: Int { 2 }

    @_lifetime(weights: copy weights)
    @_lifetime(first: copy first)
    @_lifetime(second: copy second)
    public func update(
        weights: inout MutableSpan<Float>, gradient: Span<Float>, first: inout MutableSpan<Float>,
        second: inout MutableSpan<Float>, rate: Double, step: Int
    ) {
        // The corrections are those of the betas as the update rounds them: 1 - 0.999 in single precision is 1.3e-5 from 0.001.
        let (beta1, beta2) = (Float(beta1), Float(beta2))
        adamUpdate(
            weights: &weights, gradient: gradient, firstMoment: &first, secondMoment: &second, rate: Float(rate),
            beta1: beta1, beta2: beta2, epsilon: Float(epsilon), decay: Float(weightDecay),
            correction1: Float(1 - power(Double(beta1), step)), correction2: Float(1 - power(Double(beta2), step)))
    }

    /// base^exponent by squaring: the same bits on every machine, which libm's `pow` does not promise.
    private func power(_ base: Double, _ exponent: Int) -> Double {
        var (result, square, rest) = (1.0, base, exponent)
        while rest > 0 {
            if !rest.isMultiple(of: 2) { result *= square }
            square *= square
            rest /= 2
        }
        return result
    }
}
