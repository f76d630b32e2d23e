// Sums of outer products over many rows: here the tile's rows are columns of A.

INLINE void outer_tile(
    const hartrain_outer_product *p, const float *a, ptrdiff_t first, float *c, const int rows, const int width) {
  TileRow tile[TILE_ROWS] = {};
  for (ptrdiff_t block = 0; block < p->blocks; block++) {
    add_product(
        tile, rows, width, a + block * p->a_block, 1, p->a_row, 0, 1, p->rows, p->b + block * p->b_block + first, p->b_row);
  }
  const ptrdiff_t known = p->columns - first;
  UNROLL for (int i = 0; i < rows; i++) {
    UNROLL for (int j = 0; j < VECTORS(width); j++) {
      float *to = c + i * p->c_row + j * LANES;
      store_first(to, load_first(to, known - j * LANES) + vector_of(&tile[i], width, j), known - j * LANES);
    }
  }
}

INLINE void outer_panel(const hartrain_outer_product *p, ptrdiff_t first, const int width) {
  for (ptrdiff_t tap = 0; tap < p->taps; tap++) {
    const float *a = p->a + tap * p->a_tap;
    float *c = p->c + tap * p->depth * p->c_row + first;
    // Tiles of nearly equal height: a last one of a single row would wait for its own sums.
    ptrdiff_t tiles = (p->depth + TILE_ROWS - 1) / TILE_ROWS;
    for (ptrdiff_t k = 0, rows; k < p->depth; k += rows, tiles--) {
      rows = (p->depth - k + tiles - 1) / tiles;
#define TILE(count) \
  case count: outer_tile(p, a + k, first, c + k * p->c_row, count, width); break;
      switch (rows) {
        TILE(1)
        TILE(2)
        TILE(3)
        TILE(4)
#if TILE_ROWS > 4
        TILE(5)
        TILE(6)
        TILE(7)
        TILE(8)
#endif
      }
#undef TILE
    }
  }
}

static void outer_product(const hartrain_outer_product *given) {
  hartrain_outer_product p = *given;
  // Runs that touch are one run: fewer tiles at the edge.
  if (p.a_tap == p.depth) {
    p.depth *= p.taps;
    p.taps = 1;
  }
  FOR_PANELS(p.columns, outer_panel(&p, first, WIDTH))
}
