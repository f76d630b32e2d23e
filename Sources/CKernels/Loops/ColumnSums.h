// Sums over rows: the gradient of a bias.

/// The sums of one panel, of even and of odd rows side by side, so that an addition does not wait for the last.
INLINE void column_sums_panel(
    const float *x, const float *end, ptrdiff_t rows, ptrdiff_t row, ptrdiff_t known, float *sums, const int width) {
  Vector even[VECTORS(PANEL_WIDTH)] = {}, odd[VECTORS(PANEL_WIDTH)] = {};
  ptrdiff_t r = 0;
  for (; r + 2 <= rows; r += 2, x += 2 * row) {
    UNROLL for (int j = 0; j < VECTORS(width); j++) {
      even[j] += load_before(x + j * LANES, end);
      odd[j] += load_before(x + row + j * LANES, end);
    }
  }
  UNROLL for (int j = 0; j < VECTORS(width); j++) {
    if (r < rows) even[j] += load_before(x + j * LANES, end);
    const ptrdiff_t floats = width * LANES / 2, left = (known < floats ? known : floats) - j * LANES;
    store_first(sums + j * LANES, load_first(sums + j * LANES, left) + (even[j] + odd[j]), left);
  }
}

static void column_sums(const float *x, ptrdiff_t rows, ptrdiff_t row, ptrdiff_t columns, float *sums) {
  if (rows == 0) return;
  const float *end = x + (rows - 1) * row + columns;
  FOR_PANELS(columns, WHOLE, column_sums_panel(x + first, end, rows, row, columns - first, sums + first, WIDTH))
}
