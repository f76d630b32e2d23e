import Glibc

/// e^x in double precision by the C library: the oracle of `fastExp`.
public func fastExpReference(_ x: Float) -> Double {
    exp(Double(x))
}

/// 1 / (1 + e^-x) in double precision by the C library: the oracle of `sigmoidForward`.
public func sigmoidReference(_ x: Float) -> Double {
    1 / (1 + exp(-Double(x)))
}

/// tanh x in double precision by the C library: the oracle of `tanhForward`.
public func tanhReference(_ x: Float) -> Double {
    tanh(Double(x))
}
