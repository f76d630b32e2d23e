#include "CKernels.h"

#if defined(__x86_64__)

extern const hartrain_kernels hartrain_baseline, hartrain_avx2, hartrain_avx512;
static const hartrain_kernels *const sets[] = {&hartrain_baseline, &hartrain_avx2, &hartrain_avx512};

#elif defined(__aarch64__)

extern const hartrain_kernels hartrain_neon;
static const hartrain_kernels *const sets[] = {&hartrain_neon};

#else
#error "hartrain is built for x86-64 and for 64-bit ARM"
#endif

const hartrain_kernels *hartrain_kernel_set(int32_t index) {
  return index >= 0 && index < (int32_t)(sizeof sets / sizeof *sets) ? sets[index] : NULL;
}
