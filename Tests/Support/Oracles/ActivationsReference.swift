import Glibc

/// y = max(0, x), elementwise; a NaN stays a NaN: the oracle of `reluForward`.
public func reluForwardReference(_ x: [Double]) -> [Double] {
    x.map { $0.isNaN ? .nan : max(0, $0) }
}

/// dx = dy where x > 0, else 0: the oracle of `reluBackward`, from the input instead of the output.
public func reluBackwardReference(x: [Double], dy: [Double]) -> [Double] {
    zip(x, dy).map { x, dy in x > 0 ? dy : 0 }
}

/// y = tanh x, elementwise: the oracle of `tanhForward`.
public func tanhForwardReference(_ x: [Double]) -> [Double] {
    x.map { tanh($0) }
}

/// dx = dy / cosh^2 x: the oracle of `tanhBackward`, from the input instead of the output.
public func tanhBackwardReference(x: [Double], dy: [Double]) -> [Double] {
    zip(x, dy).map { x, dy in dy / (cosh(x) * cosh(x)) }
}

/// y = 1 / (1 + e^-x), elementwise: the oracle of `sigmoidForward`.
public func sigmoidForwardReference(_ x: [Double]) -> [Double] {
    x.map { 1 / (1 + exp(-$0)) }
}

/// dx = dy / (4 cosh^2(x / 2)): the oracle of `sigmoidBackward`, from the input instead of the output.
public func sigmoidBackwardReference(x: [Double], dy: [Double]) -> [Double] {
    zip(x, dy).map { x, dy in dy / (4 * cosh(x / 2) * cosh(x / 2)) }
}
