// Whether denormal numbers are taken for zeros, as operands and as results: a setting of the thread. A CPU takes a hundred times as
// long with them, and gradients fade until they are denormal on the way back through many steps, as moments of gradients that are 0 do.
// What gradients pass through takes them for zeros: products, an LSTM's way back, Adam.

#if defined(__x86_64__)
#include <immintrin.h>
typedef unsigned int FloatingPointControl;

/// Flushes them from here on; returns the setting before.
INLINE FloatingPointControl flush_denormals(void) {
  const FloatingPointControl before = _mm_getcsr();
  _mm_setcsr(before | _MM_FLUSH_ZERO_ON | 0x0040 /* denormal operands, too */);
  return before;
}

INLINE void restore(FloatingPointControl control) { _mm_setcsr(control); }
#else
typedef uint64_t FloatingPointControl;

/// Flushes them from here on; returns the setting before.
INLINE FloatingPointControl flush_denormals(void) {
  FloatingPointControl before;
  __asm__ volatile("mrs %0, fpcr" : "=r"(before));
  __asm__ volatile("msr fpcr, %0" : : "r"(before | 1 << 24));
  return before;
}

INLINE void restore(FloatingPointControl control) { __asm__ volatile("msr fpcr, %0" : : "r"(control)); }
#endif
