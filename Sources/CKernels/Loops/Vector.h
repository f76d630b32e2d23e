// Vectors of LANES floats in plain C, as clang and gcc understand it on every CPU.

typedef float Vector __attribute__((vector_size(LANES * 4), aligned(4)));
typedef int32_t Mask __attribute__((vector_size(LANES * 4), aligned(4)));

#define INLINE static inline __attribute__((always_inline))
// Loops over a tile must be unrolled whole: only then its values live in registers.
#define UNROLL _Pragma("clang loop unroll(full)")

INLINE Vector load(const float *p) { return *(const Vector *)p; }
INLINE void store(float *p, Vector v) { *(Vector *)p = v; }
INLINE Vector splat(float x) { return (Vector){} + x; }

/// a where the mask is set, b elsewhere.
INLINE Vector choose(Mask mask, Vector a, Vector b) { return (Vector)((mask & (Mask)a) | (~mask & (Mask)b)); }

/// The first `count` floats at p, then zeros.
INLINE Vector load_first(const float *p, ptrdiff_t count) {
  if (count >= LANES) return load(p);
  float lanes[LANES] = {0};
  float *to = lanes;
  // Powers of two: a copy of unknown length would be a call.
  for (ptrdiff_t run = LANES / 2; run > 0; run /= 2) {
    if (count & run) {
      __builtin_memcpy(to, p, (size_t)run * sizeof(float));
      p += run;
      to += run;
    }
  }
  return load(lanes);
}

/// Stores the first `count` floats of v.
INLINE void store_first(float *p, Vector v, ptrdiff_t count) {
  if (count >= LANES) {
    store(p, v);
    return;
  }
  float lanes[LANES];
  store(lanes, v);
  const float *from = lanes;
  for (ptrdiff_t run = LANES / 2; run > 0; run /= 2) {
    if (count & run) {
      __builtin_memcpy(p, from, (size_t)run * sizeof(float));
      p += run;
      from += run;
    }
  }
}
