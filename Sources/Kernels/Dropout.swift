import CKernels

/// Fills `count` floats of a mask from `start` on with 0 (dropped, with probability `rate`) or 1 / (1 - rate).
///
/// Float i reads the low (i even) or high (i odd) 32 bits of `SplitMix64.word(key:counter:)` at `firstCounter` + i / 2 as a fraction u of
/// 0 ..< 1; it is 0 where u < rate. So a mask is a function of its place, never of the thread that computes it.
@_lifetime(mask: copy mask)
public func fillDropoutMask(
    _ mask: inout MutableSpan<Float>, from start: Int = 0, count: Int, rate: Float, key: UInt64, firstCounter: UInt64,
    kernels: KernelSet = .current
) {
    precondition(
        start >= 0 && count >= 0 && start + count <= mask.count,
        "dropout mask: \(mask.count) floats have no part \(start)+\(count)")
    unsafe mask.withUnsafeMutableBufferPointer { mask in
        guard let base = mask.baseAddress else { return }
        unsafe kernels.table.pointee.dropout_mask(key, firstCounter, rate, base + start, count)
    }
}
