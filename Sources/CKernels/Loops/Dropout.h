// Masks of dropout: numbers at places of a sequence, so that a mask depends on no thread; the hash is `SplitMix64` in Memory.

typedef uint64_t Words __attribute__((vector_size(LANES * 4), aligned(4)));
typedef uint32_t Halves __attribute__((vector_size(LANES * 4), aligned(4)));

INLINE Words hash_words(Words z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

static void dropout_mask(uint64_t key, uint64_t counter, float rate, float *mask, ptrdiff_t count) {
  const float scaled = rate * 0x1p32f;
  const uint32_t threshold = scaled < 0x1p32f ? (uint32_t)scaled : UINT32_MAX;
  const Vector kept = splat(1.f / (1.f - rate));
  Words places;
  for (int i = 0; i < LANES / 2; i++) places[i] = key + (counter + (uint64_t)i) * 0x9E3779B97F4A7C15u;
  for (ptrdiff_t i = 0; i < count; i += LANES) {
    // A word is two numbers of 32 bits, the low one first, as they stand in memory.
    const Mask drops = (Mask)((Halves)hash_words(places) < threshold);
    store_first(mask + i, choose(drops, (Vector){}, kept), count - i);
    places += (uint64_t)(LANES / 2) * 0x9E3779B97F4A7C15u;
  }
}
