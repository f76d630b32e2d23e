// Vectors of LANES floats in clang's C, for every CPU.

typedef float Vector __attribute__((vector_size(LANES * 4), aligned(4)));
typedef int32_t Mask __attribute__((vector_size(LANES * 4), aligned(4)));
typedef float HalfVector __attribute__((vector_size(LANES * 2), aligned(4)));

#define INLINE static inline __attribute__((always_inline))
// Loops over a tile must be unrolled whole: only then its values live in registers.
#define UNROLL _Pragma("clang loop unroll(full)")

INLINE Vector load(const float *p) { return *(const Vector *)p; }
INLINE void store(float *p, Vector v) { *(Vector *)p = v; }
INLINE HalfVector load_half(const float *p) { return *(const HalfVector *)p; }
/// x in every lane. (Subtracting zero is nothing; adding it would make +0 of -0, and be an instruction.)
INLINE Vector splat(float x) { return x - (Vector){}; }

/// Half a vector, and anything behind it.
INLINE Vector widened(HalfVector v) {
#if LANES == 16
  return __builtin_shufflevector(v, v, 0, 1, 2, 3, 4, 5, 6, 7, -1, -1, -1, -1, -1, -1, -1, -1);
#elif LANES == 8
  return __builtin_shufflevector(v, v, 0, 1, 2, 3, -1, -1, -1, -1);
#else
  return __builtin_shufflevector(v, v, 0, 1, -1, -1);
#endif
}

/// The last quarters of a, b and c, then anything that is a number where they are.
INLINE Vector last_quarters(Vector a, Vector b, Vector c) {
#if LANES == 16
  const Vector ab = __builtin_shufflevector(a, b, 12, 13, 14, 15, 28, 29, 30, 31, 0, 1, 2, 3, 4, 5, 6, 7);
  return __builtin_shufflevector(ab, c, 0, 1, 2, 3, 4, 5, 6, 7, 28, 29, 30, 31, 12, 13, 14, 15);
#elif LANES == 8
  const Vector ab = __builtin_shufflevector(a, b, 6, 7, 14, 15, 0, 1, 2, 3);
  return __builtin_shufflevector(ab, c, 0, 1, 2, 3, 14, 15, 6, 7);
#else
  const Vector ab = __builtin_shufflevector(a, b, 3, 7, 0, 1);
  return __builtin_shufflevector(ab, c, 0, 1, 7, 3);
#endif
}

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

/// The floats at p, as far as they stand before `end`; then anything.
INLINE Vector load_before(const float *p, const float *end) { return p + LANES <= end ? load(p) : load_first(p, end - p); }

#if LANES == 16
#define LANE_LIST(of, s) \
  of(0, s), of(1, s), of(2, s), of(3, s), of(4, s), of(5, s), of(6, s), of(7, s), of(8, s), of(9, s), of(10, s), of(11, s), \
      of(12, s), of(13, s), of(14, s), of(15, s)
#elif LANES == 8
#define LANE_LIST(of, s) of(0, s), of(1, s), of(2, s), of(3, s), of(4, s), of(5, s), of(6, s), of(7, s)
#else
#define LANE_LIST(of, s) of(0, s), of(1, s), of(2, s), of(3, s)
#endif

/// Rows become columns: blocks of 1, 2, 4 ... lanes change places across the diagonal.
INLINE void transpose(Vector v[LANES]) {
#define UPPER(lane, s) (((lane) & (s)) == 0 ? (lane) : LANES + (lane) - (s))
#define LOWER(lane, s) (((lane) & (s)) == 0 ? (lane) + (s) : LANES + (lane))
#define CHANGE(s)                                                                     \
  UNROLL for (int i = 0; i < LANES; i++) {                                            \
    if (i & (s)) continue;                                                            \
    const Vector first = v[i], second = v[i + (s)];                                   \
    v[i] = __builtin_shufflevector(first, second, LANE_LIST(UPPER, s));               \
    v[i + (s)] = __builtin_shufflevector(first, second, LANE_LIST(LOWER, s));         \
  }
  CHANGE(1)
  CHANGE(2)
#if LANES > 4
  CHANGE(4)
#endif
#if LANES > 8
  CHANGE(8)
#endif
#undef CHANGE
#undef LOWER
#undef UPPER
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

/// The padded extent of `count` floats.
INLINE ptrdiff_t padded_extent(ptrdiff_t count) { return (count + HARTRAIN_PAD - 1) / HARTRAIN_PAD * HARTRAIN_PAD; }
