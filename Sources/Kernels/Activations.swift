import CKernels

/// y = max(0, x), elementwise. A NaN stays a NaN.
@_lifetime(y: copy y)
public func reluForward(_ x: Span<Float>, _ y: inout MutableSpan<Float>) {
    precondition(x.count == y.count, "relu: \(x.count) inputs, \(y.count) outputs")
    for i in x.indices { y[i] = x[i] < 0 ? 0 : x[i] }
}

/// dx = dy where y > 0, else 0.
@_lifetime(dx: copy dx)
public func reluBackward(y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>) {
    precondition(y.count == dx.count && dy.count == dx.count, "relu: extents \(y.count), \(dy.count), \(dx.count)")
    for i in y.indices {
        // Read whatever y is: a choice is quicker than a branch that nobody can foretell.
        let gradient = dy[i]
        dx[i] = y[i] > 0 ? gradient : 0
    }
}

/// y = tanh x, elementwise: an odd polynomial where |x| < 0.625, 1 - 2 / (e^2|x| + 1) with the sign of x elsewhere.
///
/// The largest error met, over every 13th float, is 0.76 units in the last place where |x| < 0.625 and 1.21 elsewhere. It saturates at
/// exactly -1 and 1; a NaN stays a NaN.
@_lifetime(y: copy y)
public func tanhForward(_ x: Span<Float>, _ y: inout MutableSpan<Float>, kernels: KernelSet = .current) {
    precondition(x.count == y.count, "tanh: \(x.count) inputs, \(y.count) outputs")
    unsafe x.withUnsafeBufferPointer { x in
        unsafe y.withUnsafeMutableBufferPointer { y in
            unsafe kernels.table.pointee.hyperbolic_tangent(x.baseAddress, y.baseAddress, x.count)
        }
    }
}

/// dx = dy (1 - y^2).
@_lifetime(dx: copy dx)
public func tanhBackward(y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>) {
    precondition(y.count == dx.count && dy.count == dx.count, "tanh: extents \(y.count), \(dy.count), \(dx.count)")
    for i in y.indices { dx[i] = dy[i] * (1 - y[i] * y[i]) }
}

/// y = 1 / (1 + e^-x), elementwise.
///
/// The largest error met, over every 13th float, is 1.5 units in the last place from 0 up and 2.44 from -88.3 to 0. Below, the result
/// saturates at 4.5e-39, never 0; a NaN stays a NaN.
@_lifetime(y: copy y)
public func sigmoidForward(_ x: Span<Float>, _ y: inout MutableSpan<Float>, kernels: KernelSet = .current) {
    precondition(x.count == y.count, "sigmoid: \(x.count) inputs, \(y.count) outputs")
    unsafe x.withUnsafeBufferPointer { x in
        unsafe y.withUnsafeMutableBufferPointer { y in
            unsafe kernels.table.pointee.sigmoid(x.baseAddress, y.baseAddress, x.count)
        }
    }
}

/// dx = dy y (1 - y).
@_lifetime(dx: copy dx)
public func sigmoidBackward(y: Span<Float>, dy: Span<Float>, dx: inout MutableSpan<Float>) {
    precondition(y.count == dx.count && dy.count == dx.count, "sigmoid: extents \(y.count), \(dy.count), \(dx.count)")
    for i in y.indices { dx[i] = dy[i] * (y[i] * (1 - y[i])) }
}
