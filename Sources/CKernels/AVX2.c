// x86-64-v3: AVX2 and FMA, 16 registers of eight floats.
#if defined(__x86_64__)

#include "CKernels.h"

static bool available(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

#define SET hartrain_avx2
#define SET_NAME "avx2"
#define LANES 8
#define HALF_VECTORS 0
#define TILE_ROWS 4
#define GATE_ROWS 2
#define ROW_VECTORS 1

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "Loops/Loops.h"
#pragma clang attribute pop

#endif
