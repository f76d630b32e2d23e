// x86-64-v4: AVX-512, 32 registers of sixteen floats.
#if defined(__x86_64__)

#include "CKernels.h"

static bool available(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq")
      && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("fma");
}

#define SET hartrain_avx512
#define SET_NAME "avx512"
#define LANES 16
#define HALF_VECTORS 1
#define TILE_ROWS 8
#define GATE_ROWS 6
#define ROW_VECTORS 2

#pragma clang attribute push( \
    __attribute__((target("avx2,fma,avx512f,avx512vl,avx512dq,avx512bw"))), apply_to = function)
#include "Loops/Loops.h"
#pragma clang attribute pop

#endif
