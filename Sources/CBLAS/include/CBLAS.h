// OpenBLAS, which is loaded when the first product asks for it.
//
// It is not linked: a prediction and a training of models of ordinary size need none, and with the threads that it starts it takes
// longer to load than a prediction. Nothing of it is needed to build; at run time libopenblas.so.0 is enough.
#ifndef CBLAS_H
#define CBLAS_H

#include <stdbool.h>
#include <stddef.h>

/// Loads OpenBLAS unless that has been tried before. Returns whether it can be used; why not, says hartrain_blas_problem.
bool hartrain_blas_load(void);

/// Why OpenBLAS cannot be used, after hartrain_blas_load: what is missing, and what to install.
const char *_Nonnull hartrain_blas_problem(void);

/// Version and build options; NULL where OpenBLAS is not loaded. Never loads it.
const char *_Nullable hartrain_blas_configuration(void);

/// The kernel family chosen for this processor; NULL where OpenBLAS is not loaded. Never loads it.
const char *_Nullable hartrain_blas_core(void);

/// Has OpenBLAS, which is loaded, take the memory for so many products at the same time. Returns whether there is enough.
bool hartrain_blas_reserve(int count);

/// c = a b, or c += a b, of row-major matrices, on the calling thread. OpenBLAS is loaded, extents fit in 32 bits. Returns false, and
/// leaves c, where there is no memory for it.
bool hartrain_blas_sgemm(
    bool transposes_a, bool transposes_b, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const float *_Nullable a, ptrdiff_t lda,
    const float *_Nullable b, ptrdiff_t ldb, bool accumulates, float *_Nullable c, ptrdiff_t ldc);

#endif
