// Shift and scale of windows on their way into a model.

static void standardize(float *x, const float *mean, const float *inverse, ptrdiff_t period, ptrdiff_t count) {
  for (ptrdiff_t start = 0; start < count; start += period, x += period) {
    for (ptrdiff_t i = 0; i < period; i += LANES) {
      const ptrdiff_t known = period - i;
      const Vector distance = load_first(x + i, known) - load_first(mean + i, known);
      store_first(x + i, distance * load_first(inverse + i, known), known);
    }
  }
}
