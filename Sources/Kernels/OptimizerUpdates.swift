import CKernels

/// One step of Adam (Kingma and Ba, 2015) over a flat run of parameters, with decoupled weight decay (AdamW; Loshchilov and
/// Hutter, 2019) where `decay` is not 0. As PyTorch: w -= rate decay w; w -= rate m^ / (sqrt(v^) + epsilon).
/// - Parameters:
///   - correction1: The bias correction 1 - beta1^step; likewise `correction2`.
@_lifetime(weights: copy weights)
@_lifetime(firstMoment: copy firstMoment)
@_lifetime(secondMoment: copy secondMoment)
public func adamUpdate(
    weights: inout MutableSpan<Float>, gradient: Span<Float>, firstMoment: inout MutableSpan<Float>,
    secondMoment: inout MutableSpan<Float>, rate: Float, beta1: Float, beta2: Float, epsilon: Float, decay: Float,
    correction1: Float, correction2: Float, kernels: KernelSet = .current
) {
    let count = weights.count
    precondition(
        gradient.count == count && firstMoment.count == count && secondMoment.count == count,
        "adam: \(count) weights, \(gradient.count) gradients, moments \(firstMoment.count) and \(secondMoment.count)")
    let stepSize = rate / correction1
    let rootCorrection = correction2.squareRoot()
    let shrink = 1 - rate * decay
    unsafe weights.withUnsafeMutableBufferPointer { weights in
        unsafe gradient.withUnsafeBufferPointer { gradient in
            unsafe firstMoment.withUnsafeMutableBufferPointer { first in
                unsafe secondMoment.withUnsafeMutableBufferPointer { second in
                    var arguments = unsafe hartrain_adam(
                        weights: weights.baseAddress, first: first.baseAddress, second: second.baseAddress,
                        gradient: gradient.baseAddress, count: count, beta1: beta1, beta2: beta2, shrink: shrink,
                        step_size: stepSize, root_correction: rootCorrection, epsilon: epsilon)
                    unsafe kernels.table.pointee.adam(&arguments)
                }
            }
        }
    }
}

/// One step of stochastic gradient descent, as PyTorch's `SGD`: g += decay w; v = momentum v + g; w -= rate v, or with Nesterov's
/// momentum w -= rate (g + momentum v).
/// - Parameters:
///   - velocity: The momentum buffer, or empty where `momentum` is 0.
@_lifetime(weights: copy weights)
@_lifetime(velocity: copy velocity)
public func sgdUpdate(
    weights: inout MutableSpan<Float>, gradient: Span<Float>, velocity: inout MutableSpan<Float>, rate: Float,
    momentum: Float, nesterov: Bool, decay: Float
) {
    let count = weights.count
    precondition(
        gradient.count == count && velocity.count == (momentum == 0 ? 0 : count),
        "sgd: \(count) weights, \(gradient.count) gradients, \(velocity.count) velocities")
    if momentum == 0 {
        for i in 0..<count { weights[i] -= rate * (gradient[i] + decay * weights[i]) }
        return
    }
    for i in 0..<count {
        let g = gradient[i] + decay * weights[i]
        let v = momentum * velocity[i] + g
        velocity[i] = v
        weights[i] -= rate * (nesterov ? g + momentum * v : v)
    }
}
