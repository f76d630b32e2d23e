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
