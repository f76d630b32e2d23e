import CBLAS

/// OpenBLAS, the system's library of matrix products. It is loaded when something asks for it; no program needs it to start.
public enum BLAS {
    /// Loads OpenBLAS unless it is loaded, and keeps it on the calling thread.
    ///
    /// `gemm` does that by itself, and computes without it where it is missing; this is for those who want to know, or to do it early.
    /// - Throws: A `BLASError` that says what to install.
    public static func load() throws(BLASError) {
        guard !hartrain_blas_load() else { return }
        throw BLASError(description: unsafe String(cString: hartrain_blas_problem()))
    }

    /// Loads OpenBLAS and has it take the memory for products on some threads at the same time, 128 MiB of address space for each, so that
    /// none waits for another's.
    ///
    /// It stays taken. Without this, `gemm` asks for it by and by, waits where there is less, and does without OpenBLAS where there is none.
    /// - Throws: A `BLASError` where it cannot be loaded, or there is less memory.
    public static func reserve(threads: Int) throws(BLASError) {
        try load()
        guard !hartrain_blas_reserve(Int32(clamping: threads)) else { return }
        throw BLASError(
            description: "OpenBLAS takes 128 MiB of address space for each thread, together \(128 * threads) MiB, more than this "
                + "process can have: use fewer threads, or raise 'ulimit -v'")
    }

    /// Version and build options, such as "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH ..."; nil where it is not loaded.
    public static var configuration: String? {
        unsafe hartrain_blas_configuration().map { unsafe String(cString: $0) }
    }

    /// The kernel family chosen for this processor, such as "SkylakeX" or "cortexa57"; nil where OpenBLAS is not loaded.
    public static var coreName: String? {
        unsafe hartrain_blas_core().map { unsafe String(cString: $0) }
    }

    /// Version and kernel family, as records of a measurement name them: "OpenBLAS 0.3.21 (SkylakeX)"; nil where it is not loaded.
    public static var name: String? {
        guard let configuration, let coreName else { return nil }
        return configuration.split(separator: " ").prefix(2).joined(separator: " ") + " (\(coreName))"
    }
}

/// OpenBLAS cannot be used on this machine.
public struct BLASError: Error, Equatable, CustomStringConvertible {
    /// What is missing, and what to install.
    public let description: String
}
