import CKernels

/// A kernel and what it is called with: memory that is valid while the call runs.
@safe
struct KernelCall {
    @safe
    private enum Arguments {
        case product(UnsafePointer<hartrain_product>)
        case weightProduct(UnsafePointer<hartrain_product>, UnsafePointer<hartrain_packing>)
        case outerProduct(UnsafePointer<hartrain_outer_product>)
        case winogradProduct(UnsafePointer<hartrain_winograd_product>)
        case winogradOuterProduct(UnsafePointer<hartrain_winograd_outer_product>)
        case lstmForward(UnsafePointer<hartrain_lstm_forward>)
    }

    private let kernels: KernelSet
    private let arguments: Arguments

    init(_ kernels: KernelSet, product: UnsafePointer<hartrain_product>) {
        self.kernels = kernels
        unsafe arguments = .product(product)
    }

    init(_ kernels: KernelSet, product: UnsafePointer<hartrain_product>, weights: UnsafePointer<hartrain_packing>) {
        self.kernels = kernels
        unsafe arguments = .weightProduct(product, weights)
    }

    init(_ kernels: KernelSet, outerProduct: UnsafePointer<hartrain_outer_product>) {
        self.kernels = kernels
        unsafe arguments = .outerProduct(outerProduct)
    }

    init(_ kernels: KernelSet, winogradProduct: UnsafePointer<hartrain_winograd_product>) {
        self.kernels = kernels
        unsafe arguments = .winogradProduct(winogradProduct)
    }

    init(_ kernels: KernelSet, winogradOuterProduct: UnsafePointer<hartrain_winograd_outer_product>) {
        self.kernels = kernels
        unsafe arguments = .winogradOuterProduct(winogradOuterProduct)
    }

    init(_ kernels: KernelSet, lstmForward: UnsafePointer<hartrain_lstm_forward>) {
        self.kernels = kernels
        unsafe arguments = .lstmForward(lstmForward)
    }

    /// Computes a share of the result's columns.
    /// - Parameter meeting: Where the shares' threads wait for each other; nil where there is one share.
    func run(_ share: hartrain_share, meeting: UnsafeMutablePointer<hartrain_meeting>?) {
        let table = unsafe kernels.table.pointee
        switch arguments {
        case .product(let call): unsafe table.product(call, share)
        case .weightProduct(let call, let weights): unsafe table.weight_product(call, weights, share)
        case .outerProduct(let call): unsafe table.outer_product(call, share)
        case .winogradProduct(let call): unsafe table.winograd_product(call, share)
        case .winogradOuterProduct(let call): unsafe table.winograd_outer_product(call, share)
        case .lstmForward(let call): unsafe table.lstm_forward(call, share, meeting)
        }
    }
}
