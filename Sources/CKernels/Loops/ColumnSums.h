// Sums over rows: the gradient of a bias.

/// Vectors of columns whose sums run side by side.
#define SUM_COLUMNS 8

static void column_sums(const float *x, ptrdiff_t rows, ptrdiff_t row, ptrdiff_t columns, float *sums) {
  ptrdiff_t first = 0;
  for (; first + SUM_COLUMNS * LANES <= columns; first += SUM_COLUMNS * LANES) {
    Vector sum[SUM_COLUMNS];
    UNROLL for (int j = 0; j < SUM_COLUMNS; j++) sum[j] = load(sums + first + j * LANES);
    for (ptrdiff_t r = 0; r < rows; r++) {
      UNROLL for (int j = 0; j < SUM_COLUMNS; j++) sum[j] += load(x + r * row + first + j * LANES);
    }
    UNROLL for (int j = 0; j < SUM_COLUMNS; j++) store(sums + first + j * LANES, sum[j]);
  }
  for (; first < columns; first += LANES) {
    Vector sum = load_first(sums + first, columns - first);
    for (ptrdiff_t r = 0; r < rows; r++) sum += load_first(x + r * row + first, columns - first);
    store_first(sums + first, sum, columns - first);
  }
}
