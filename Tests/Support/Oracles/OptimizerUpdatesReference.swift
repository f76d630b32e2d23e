import Glibc

/// Parameters and moments after a step of Adam.
public struct AdamReference: Sendable {
    public var weights: [Double]
    public var firstMoment: [Double]
    public var secondMoment: [Double]

    /// Parameters before the first step: both moments are 0.
    public init(weights: [Double]) {
        self.weights = weights
        firstMoment = weights.map { _ in 0 }
        secondMoment = firstMoment
    }
}

/// Adam's step number `step` (from 1), with decoupled weight decay where `decay` is not 0: the oracle of `adamUpdate`.
///
/// Kingma and Ba (2015), algorithm 1; Loshchilov and Hutter (2019), algorithm 2, whose decay PyTorch multiplies by the rate.
public func adamUpdateReference(
    _ state: inout AdamReference, gradient: [Double], rate: Double, beta1: Double, beta2: Double, epsilon: Double,
    decay: Double, step: Int
) {
    for (i, g) in gradient.enumerated() {
        state.firstMoment[i] = beta1 * state.firstMoment[i] + (1 - beta1) * g
        state.secondMoment[i] = beta2 * state.secondMoment[i] + (1 - beta2) * g * g
        let unbiasedFirst = state.firstMoment[i] / (1 - pow(beta1, Double(step)))
        let unbiasedSecond = state.secondMoment[i] / (1 - pow(beta2, Double(step)))
        state.weights[i] -= rate * decay * state.weights[i] + rate * unbiasedFirst / (unbiasedSecond.squareRoot() + epsilon)
    }
}

/// Parameters and velocities after a step of stochastic gradient descent.
public struct SGDReference: Sendable {
    public var weights: [Double]
    public var velocity: [Double]

    /// Parameters before the first step: the velocity is 0.
    public init(weights: [Double]) {
        self.weights = weights
        velocity = weights.map { _ in 0 }
    }
}

/// One step of stochastic gradient descent: the oracle of `sgdUpdate`.
///
/// Sutskever et al. (2013) in PyTorch's form: v = momentum v + g; w -= rate v, or with Nesterov's momentum
/// w -= rate (g + momentum v). A momentum of 0 makes v = g, plain descent.
public func sgdUpdateReference(
    _ state: inout SGDReference, gradient: [Double], rate: Double, momentum: Double, nesterov: Bool, decay: Double
) {
    for i in gradient.indices {
        let g = gradient[i] + decay * state.weights[i]
        state.velocity[i] = momentum * state.velocity[i] + g
        state.weights[i] -= rate * (nesterov ? g + momentum * state.velocity[i] : state.velocity[i])
    }
}
