// Sums of outer products over many rows: here the tile's rows are columns of A.

INLINE void outer_tile(
    const hartrain_outer_product *p, const float *a, ptrdiff_t first, float *c, const int rows, const int columns) {
  Vector tile[TILE_ROWS][4] = {};
  for (ptrdiff_t block = 0; block < p->blocks; block++) {
    add_product(
        tile, rows, columns, a + block * p->a_block, 1, p->a_row, 0, 1, p->rows, p->b + block * p->b_block + first, p->b_row);
  }
  const ptrdiff_t known = p->columns - first;
  UNROLL for (int i = 0; i < rows; i++) {
    UNROLL for (int j = 0; j < columns; j++) {
      float *to = c + i * p->c_row + j * LANES;
      store_first(to, load_first(to, known - j * LANES) + tile[i][j], known - j * LANES);
    }
  }
}

INLINE void outer_panel(const hartrain_outer_product *p, ptrdiff_t first, const int columns) {
  for (ptrdiff_t tap = 0; tap < p->taps; tap++) {
    const float *a = p->a + tap * p->a_tap;
    float *c = p->c + tap * p->depth * p->c_row + first;
    ptrdiff_t k = 0;
    for (; k + TILE_ROWS <= p->depth; k += TILE_ROWS) outer_tile(p, a + k, first, c + k * p->c_row, TILE_ROWS, columns);
    a += k;
    c += k * p->c_row;
    switch (p->depth - k) {
    case 1: outer_tile(p, a, first, c, 1, columns); break;
    case 2: outer_tile(p, a, first, c, 2, columns); break;
    case 3: outer_tile(p, a, first, c, 3, columns); break;
#if TILE_ROWS > 4
    case 4: outer_tile(p, a, first, c, 4, columns); break;
    case 5: outer_tile(p, a, first, c, 5, columns); break;
    case 6: outer_tile(p, a, first, c, 6, columns); break;
    case 7: outer_tile(p, a, first, c, 7, columns); break;
#endif
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
  ptrdiff_t first = 0;
  for (ptrdiff_t left = vectors(p.columns); left > 0;) {
    const int columns = panel_columns(left);
    switch (columns) {
    case 1: outer_panel(&p, first, 1); break;
    case 2: outer_panel(&p, first, 2); break;
    default: outer_panel(&p, first, 3); break;
    }
    first += columns * LANES;
    left -= columns;
  }
}
