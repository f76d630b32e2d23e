import COpenBLAS

/// What the linked BLAS says of itself, and its one setting.
public enum BLAS {
    /// Keeps BLAS on the calling thread; parallelism in this package is over shards of a batch (see `Training`).
    ///
    /// Products of these sizes mostly lose on BLAS's own threads, and their order of summation would depend on the thread count.
    public static func useCallingThreadOnly() {
        openblas_set_num_threads(1)
    }

    /// The kernel family chosen for this processor, such as "SkylakeX" or "cortexa57".
    public static var coreName: String {
        unsafe String(cString: openblas_get_corename())
    }

    /// Version and build options, such as "OpenBLAS 0.3.21 NO_LAPACKE DYNAMIC_ARCH ...".
    public static var configuration: String {
        unsafe String(cString: openblas_get_config())
    }
}
