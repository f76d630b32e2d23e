// The tile: `rows` x `columns` vectors of a product, held in registers while the sum runs over k. A row of A gives one float at a
// time, to every lane; a row of the packed B gives the vectors.

#define TILE_COLUMNS 3

/// tile += A B over `taps` runs of `depth`. Rows of A are a_row apart, its runs a_tap, its columns a_column. b_row floats lie between
/// the rows of B.
INLINE void add_product(
    Vector tile[][4], const int rows, const int columns, const float *a, ptrdiff_t a_row, ptrdiff_t a_column, ptrdiff_t a_tap,
    ptrdiff_t taps, ptrdiff_t depth, const float *b, ptrdiff_t b_row) {
  for (ptrdiff_t tap = 0; tap < taps; tap++, a += a_tap) {
    for (ptrdiff_t k = 0; k < depth; k++, b += b_row) {
      Vector bs[4];
      UNROLL for (int j = 0; j < columns; j++) bs[j] = load(b + j * LANES);
      UNROLL for (int i = 0; i < rows; i++) {
        const Vector s = splat(a[i * a_row + k * a_column]);
        UNROLL for (int j = 0; j < columns; j++) tile[i][j] += s * bs[j];
      }
    }
  }
}

/// The same for a single row, whose few sums would each wait for the last: four partial sums run side by side.
INLINE void add_row_product(
    Vector tile[4], const int columns, const float *a, ptrdiff_t a_tap, ptrdiff_t taps, ptrdiff_t depth, const float *b,
    ptrdiff_t b_row) {
  Vector parts[4][4] = {};
  UNROLL for (int j = 0; j < columns; j++) parts[0][j] = tile[j];
  for (ptrdiff_t tap = 0; tap < taps; tap++, a += a_tap) {
    ptrdiff_t k = 0;
    for (; k + 4 <= depth; k += 4, b += 4 * b_row) {
      UNROLL for (int part = 0; part < 4; part++) {
        const Vector s = splat(a[k + part]);
        UNROLL for (int j = 0; j < columns; j++) parts[part][j] += s * load(b + part * b_row + j * LANES);
      }
    }
    for (; k < depth; k++, b += b_row) {
      const Vector s = splat(a[k]);
      UNROLL for (int j = 0; j < columns; j++) parts[0][j] += s * load(b + j * LANES);
    }
  }
  UNROLL for (int j = 0; j < columns; j++) tile[j] = (parts[0][j] + parts[1][j]) + (parts[2][j] + parts[3][j]);
}

/// How many vectors the next panel takes when `left` are left: two panels of two rather than three and one.
INLINE int panel_columns(ptrdiff_t left) { return left <= TILE_COLUMNS ? (int)left : left == 4 ? 2 : TILE_COLUMNS; }

INLINE ptrdiff_t vectors(ptrdiff_t columns) { return (columns + LANES - 1) / LANES; }
