// Products with packed weights, activation and pooling in the same breath.

/// max(0, v); a NaN stays a NaN, so that training sees it.
INLINE Vector rectify(Vector v) { return choose(v < 0, (Vector){}, v); }

/// One row of a maximum over two, x and y: max(0, x, y) and where it came from.
INLINE void store_pooled(Vector x, Vector y, float *c, float *winner, ptrdiff_t known) {
  // The first wins a tie, and a NaN wins against numbers.
  const Mask first = (x >= y) | (x != x);
  const Vector most = rectify(choose(first, x, y));
  store_first(c, most, known);
  if (winner) store_first(winner, choose(most > 0, choose(first, splat(1), splat(-1)), splat(0)), known);
}

/// Stores what `rows` rows of one panel have come to.
INLINE void store_tile(
    const hartrain_product *p, const TileRow tile[], float *c, float *winner, ptrdiff_t known, const int rows, const int width,
    const hartrain_epilogue epilogue) {
  if (epilogue == HARTRAIN_RELU_MAXPOOL2) {
    UNROLL for (int i = 0; i + 1 < rows; i += 2) {
      const ptrdiff_t to = i / 2 * p->c_row;
      UNROLL for (int j = 0; j < VECTORS(width); j++) {
        store_pooled(
            vector_of(&tile[i], width, j), vector_of(&tile[i + 1], width, j), c + to + j * LANES,
            winner ? winner + to + j * LANES : NULL, known - j * LANES);
      }
    }
  } else {
    UNROLL for (int i = 0; i < rows; i++) {
      UNROLL for (int j = 0; j < VECTORS(width); j++) {
        store_first(c + i * p->c_row + j * LANES, vector_of(&tile[i], width, j), known - j * LANES);
      }
    }
  }
}

/// `rows` rows of one panel.
INLINE void product_tile(
    const hartrain_product *p, const float *a, const float *panel, float *c, float *winner, ptrdiff_t known, const int rows,
    const int width, const hartrain_epilogue epilogue) {
  TileRow tile[TILE_ROWS];
  UNROLL for (int i = 0; i < rows; i++) tile[i] = load_row(panel, width);
  const ptrdiff_t b_row = width * LANES / 2;
  if (rows == 1) {
    add_row_product(&tile[0], width, a, p->a_tap, p->taps, p->depth, panel + b_row, b_row);
  } else {
    add_product(tile, rows, width, a, p->a_row, 1, p->a_tap, p->taps, p->depth, panel + b_row, b_row);
  }
  store_tile(p, tile, c, winner, known, rows, width, epilogue);
}

/// The floats of B from which on its panels come from behind the second-level cache, and pass in runs.
#define LARGE_WEIGHTS 524288

/// `count` rows of one panel, whole tiles, run by run of the panel.
INLINE void product_runs(
    const hartrain_product *p, const float *a, const float *panel, float *c, float *winner, ptrdiff_t known, ptrdiff_t count,
    const int width, const hartrain_epilogue epilogue) {
  const ptrdiff_t b_row = width * LANES / 2, shrink = epilogue == HARTRAIN_RELU_MAXPOOL2 ? 2 : 1;
  float sums[RUN_ROWS * PANEL_WIDTH * LANES / 2];
  const TileRow bias = load_row(panel, width);
  for (ptrdiff_t row = 0; row < count; row++) store_row(sums + row * b_row, &bias, width);
  const float *next = panel + (p->depth + 1) * b_row;
  add_runs(sums, count, TILE_ROWS, width, a, p->a_row, p->depth, panel + b_row, b_row, next);
  for (ptrdiff_t row = 0; row < count; row += TILE_ROWS) {
    TileRow tile[TILE_ROWS];
    UNROLL for (int i = 0; i < TILE_ROWS; i++) tile[i] = load_row(sums + (row + i) * b_row, width);
    const ptrdiff_t to = row / shrink * p->c_row;
    store_tile(p, tile, c + to, winner ? winner + to : NULL, known, TILE_ROWS, width, epilogue);
  }
}

/// All rows of all blocks for one panel, whose first column is `first`.
INLINE void product_panel(
    const hartrain_product *p, const float *panel, ptrdiff_t first, const int width, const hartrain_epilogue epilogue) {
  const ptrdiff_t known = p->columns - first;
  const ptrdiff_t shrink = epilogue == HARTRAIN_RELU_MAXPOOL2 ? 2 : 1;
  const bool is_long = p->taps == 1 && p->depth > 2 * RUN(width) && p->depth * p->columns > LARGE_WEIGHTS;
  for (ptrdiff_t block = 0; block < p->blocks; block++) {
    const float *a = p->a + block * p->a_block;
    const ptrdiff_t target = block * p->c_block + first;
    float *c = p->c + target;
    float *winner = p->winner ? p->winner + target : NULL;
    ptrdiff_t row = 0;
    for (ptrdiff_t count; is_long && (count = (p->rows - row) / TILE_ROWS * TILE_ROWS) > TILE_ROWS; row += count) {
      if (count > RUN_ROWS) count = RUN_ROWS;
      const ptrdiff_t to = row / shrink * p->c_row;
      product_runs(p, a + row * p->a_row, panel, c + to, winner ? winner + to : NULL, known, count, width, epilogue);
    }
#define TILES(count)                                                                                                \
  for (; row + (count) <= p->rows; row += (count)) {                                                                \
    const ptrdiff_t to = row / shrink * p->c_row;                                                                   \
    product_tile(p, a + row * p->a_row, panel, c + to, winner ? winner + to : NULL, known, (count), width, epilogue); \
  }
    TILES(TILE_ROWS)
    TILES(TILE_ROWS / 2)
    if (TILE_ROWS > 4) TILES(2)
    if (epilogue != HARTRAIN_RELU_MAXPOOL2) TILES(1)
#undef TILES
  }
}

INLINE void product_with(const hartrain_product *p, hartrain_share share, const hartrain_epilogue epilogue) {
  FOR_PANELS(p->columns, share, product_panel(p, p->packed + (p->taps * p->depth + 1) * first, first, WIDTH, epilogue))
}

static void product_plain(const hartrain_product *p, hartrain_share share) { product_with(p, share, HARTRAIN_PLAIN); }
static void product_relu_maxpool2(const hartrain_product *p, hartrain_share share) {
  product_with(p, share, HARTRAIN_RELU_MAXPOOL2);
}

static void product(const hartrain_product *given, hartrain_share share) {
  hartrain_product merged = *given;
  // Runs that touch are one run.
  if (merged.a_tap == merged.depth) {
    merged.depth *= merged.taps;
    merged.taps = 1;
  }
  const hartrain_product *p = &merged;
  const FloatingPointControl before = flush_denormals();
  switch (p->epilogue) {
  case HARTRAIN_PLAIN: product_plain(p, share); break;
  case HARTRAIN_RELU_MAXPOOL2: product_relu_maxpool2(p, share); break;
  }
  restore(before);
}
