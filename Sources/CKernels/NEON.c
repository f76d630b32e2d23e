// 64-bit ARM: NEON is always there, 32 registers of four floats.
#if defined(__aarch64__)

#include "CKernels.h"

static bool available(void) { return true; }

#define SET hartrain_neon
#define SET_NAME "neon"
#define LANES 4
#define HALF_VECTORS 0
#define TILE_ROWS 8
#define GATE_ROWS 4
#define ROW_VECTORS 2

#include "Loops/Loops.h"

#endif
