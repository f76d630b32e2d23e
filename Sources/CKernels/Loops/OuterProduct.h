// Sums of outer products over many rows: here the tile's rows are columns of A.

/// C += the tile.
INLINE void add_tile(float *c, ptrdiff_t c_row, ptrdiff_t known, const TileRow tile[], const int rows, const int width) {
  // Whole vectors, as nearly all are: no question for each of them, which costs a large result more than its sums.
  if (known >= width * LANES / 2 && width % 2 == 0) {
    UNROLL for (int i = 0; i < rows; i++) {
      UNROLL for (int j = 0; j < width / 2; j++) store(c + i * c_row + j * LANES, load(c + i * c_row + j * LANES) + tile[i].whole[j]);
    }
    return;
  }
  UNROLL for (int i = 0; i < rows; i++) {
    UNROLL for (int j = 0; j < VECTORS(width); j++) {
      float *to = c + i * c_row + j * LANES;
      store_first(to, load_first(to, known - j * LANES) + vector_of(&tile[i], width, j), known - j * LANES);
    }
  }
}

INLINE void outer_tile(
    const hartrain_outer_product *p, const float *a, ptrdiff_t first, float *c, const int rows, const int width) {
  TileRow tile[TILE_ROWS] = {};
  for (ptrdiff_t block = 0; block < p->blocks; block++) {
    add_product(
        tile, rows, width, a + block * p->a_block, 1, p->a_row, 0, 1, p->rows, p->b + block * p->b_block + first, p->b_row);
  }
  add_tile(c, p->c_row, p->columns - first, tile, rows, width);
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

/// The floats of a result from which on it is large: then rows of A and B are packed, so that what is read again and again for each of
/// its tiles lies close together.
#define LARGE_RESULT 65536
/// The rows that are packed at a time, and the columns of A that pass them.
#define PACKED_ROWS 128
#define PACKED_COLUMNS 128

/// A row, counted over all blocks.
INLINE const float *row_at(const float *base, ptrdiff_t index, ptrdiff_t rows, ptrdiff_t block, ptrdiff_t row) {
  return base + index / rows * block + index % rows * row;
}

/// `count` rows of `columns` columns of A from row `row` on, in strips as wide as a tile is high.
INLINE void outer_pack_left(
    const hartrain_outer_product *p, const float *a, ptrdiff_t row, ptrdiff_t count, ptrdiff_t columns, float *packed) {
  for (ptrdiff_t i = 0; i < count; i++, packed += TILE_ROWS) {
    const float *from = row_at(a, row + i, p->rows, p->a_block, p->a_row);
    ptrdiff_t k = 0;
    for (; k + TILE_ROWS <= columns; k += TILE_ROWS) __builtin_memcpy(packed + k * count, from + k, TILE_ROWS * sizeof(float));
    for (ptrdiff_t left = k; left < columns; left++) packed[k * count + left - k] = from[left];
  }
}

/// A panel of B as packed rows against packed columns of A.
INLINE void outer_packed_panel(
    const hartrain_outer_product *p, const float *a, ptrdiff_t columns, const float *b, ptrdiff_t count, float *c, ptrdiff_t known,
    const int width) {
#define TILE(rows)                                                                                     \
  {                                                                                                    \
    UNROLL for (int i = 0; i < rows; i++) prefetch(c + (k + i) * p->c_row, width * LANES / 2);         \
    TileRow tile[rows] = {};                                                                           \
    add_product(tile, rows, width, a + k * count, 1, TILE_ROWS, 0, 1, count, b, width * LANES / 2);    \
    add_tile(c + k * p->c_row, p->c_row, known, tile, rows, width);                                    \
  }
  ptrdiff_t k = 0;
  for (; k + TILE_ROWS <= columns; k += TILE_ROWS) TILE(TILE_ROWS)
  switch (columns - k) {
  case 1: TILE(1) break;
  case 2: TILE(2) break;
  case 3: TILE(3) break;
#if TILE_ROWS > 4
  case 4: TILE(4) break;
  case 5: TILE(5) break;
  case 6: TILE(6) break;
  case 7: TILE(7) break;
#endif
  }
#undef TILE
}

static void outer_product_packed(const hartrain_outer_product *p, hartrain_share share) {
  float packed_a[PACKED_ROWS * PACKED_COLUMNS], packed_b[PACKED_ROWS * PANEL_WIDTH * LANES / 2];
  const ptrdiff_t all = p->blocks * p->rows;
  for (ptrdiff_t row = 0; row < all; row += PACKED_ROWS) {
    const ptrdiff_t count = all - row < PACKED_ROWS ? all - row : PACKED_ROWS;
    for (ptrdiff_t tap = 0; tap < p->taps; tap++) {
      for (ptrdiff_t k = 0; k < p->depth; k += PACKED_COLUMNS) {
        const ptrdiff_t columns = p->depth - k < PACKED_COLUMNS ? p->depth - k : PACKED_COLUMNS;
        outer_pack_left(p, p->a + tap * p->a_tap + k, row, count, columns, packed_a);
        float *c = p->c + (tap * p->depth + k) * p->c_row;
        FOR_PANELS(p->columns, share, {
          for (ptrdiff_t i = 0; i < count; i++) {
            const TileRow b = load_row(row_at(p->b, row + i, p->rows, p->b_block, p->b_row) + first, WIDTH);
            store_row(packed_b + i * WIDTH * LANES / 2, &b, WIDTH);
          }
          outer_packed_panel(p, packed_a, columns, packed_b, count, c + first, p->columns - first, WIDTH);
        })
      }
    }
  }
}

static void outer_product(const hartrain_outer_product *given, hartrain_share share) {
  hartrain_outer_product p = *given;
  // Runs that touch are one run: fewer tiles at the edge.
  if (p.a_tap == p.depth) {
    p.depth *= p.taps;
    p.taps = 1;
  }
  const FloatingPointControl before = flush_denormals();
  if (p.taps * p.depth * p.columns >= LARGE_RESULT) {
    outer_product_packed(&p, share);
  } else {
    FOR_PANELS(p.columns, share, outer_panel(&p, first, WIDTH))
  }
  restore(before);
}
