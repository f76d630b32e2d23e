import CKernels
import Glibc

/// The innermost loops, compiled for one instruction set: "baseline", "avx2" or "avx512" on x86-64, "neon" on ARM.
///
/// The best one that the CPU has is used, or the one that the environment variable HARTRAIN_KERNELS names. Results of two sets differ
/// in their last digits only: sums are added in another order.
@safe
public struct KernelSet: @unchecked Sendable, CustomStringConvertible {
    /// A constant of the program.
    let table: UnsafePointer<hartrain_kernels>

    /// The environment variable that names the set to use.
    public static let variable = "HARTRAIN_KERNELS"

    /// The sets that this CPU can run, the best last.
    public static let available: [KernelSet] = compiled.filter { unsafe $0.table.pointee.available() }

    /// The set in use.
    ///
    /// - Precondition: The environment variable, where set, names a set that this CPU can run; a program checks that at its start
    ///   with `chosenByEnvironment()`.
    public static let current: KernelSet = {
        do throws(KernelSetError) {
            return try chosenByEnvironment()
        } catch {
            fatalError(error.description)
        }
    }()

    /// The set that the environment variable names, or the best.
    /// - Throws: A `KernelSetError` that names the sets there are.
    public static func chosenByEnvironment() throws(KernelSetError) -> KernelSet {
        try chosen(by: unsafe getenv(variable).map { unsafe String(cString: $0) })
    }

    /// The set that a value of the environment variable means; nil or empty: the best.
    /// - Throws: A `KernelSetError` that names the sets there are.
    public static func chosen(by value: String?) throws(KernelSetError) -> KernelSet {
        guard let value, !value.isEmpty else { return available[available.count - 1] }
        guard let set = available.first(where: { $0.name == value }) else {
            throw KernelSetError(value: value, available: available.map(\.name))
        }
        return set
    }

    private static let compiled: [KernelSet] = {
        var sets: [KernelSet] = []
        while let table = unsafe hartrain_kernel_set(Int32(sets.count)) { unsafe sets.append(KernelSet(table: table)) }
        return sets
    }()

    /// The name of the instruction set.
    public var name: String { unsafe String(cString: table.pointee.name) }

    public var description: String { name }

    /// Rows that kernels read or write in whole vectors are padded to a multiple of this many floats, on every CPU.
    public static let padding = Int(HARTRAIN_PAD)

    /// The extent of a padded row of `count` floats.
    public static func padded(_ count: Int) -> Int { (count + padding - 1) / padding * padding }
}

/// A kernel set was asked for that this CPU does not have or this program does not know.
public struct KernelSetError: Error, Equatable, CustomStringConvertible {
    /// What was asked for.
    public let value: String
    /// What this CPU can run.
    public let available: [String]

    public var description: String {
        "\(KernelSet.variable)=\(value.prefix(40)): this CPU has the kernels \(available.joined(separator: ", ")); choose one of them or unset it"
    }
}
