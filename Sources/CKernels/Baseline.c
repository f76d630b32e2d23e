// Any x86-64: SSE2, 16 registers of four floats.
#if defined(__x86_64__)

#include "CKernels.h"

static bool available(void) { return true; }

#define SET hartrain_baseline
#define SET_NAME "baseline"
#define LANES 4
#define HALF_VECTORS 0
#define TILE_ROWS 4
#define GATE_ROWS 2
#define ROW_VECTORS 1

#include "Loops/Loops.h"

#endif
