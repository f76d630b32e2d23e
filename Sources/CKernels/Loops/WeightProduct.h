// Products with weights as they stand in memory, packed on the way: what changes at every step need not be packed as a whole first,
// and takes no second memory.

/// The panels whose columns pass before the next rows of B do: rows of B may each lie in a page of their own, so much of a row is
/// taken.
#define BLOCK_PANELS 8

/// The first `known` floats at p, and zeros up to the width.
INLINE TileRow load_known(const float *p, ptrdiff_t known, const int width) {
  if (known >= width * LANES / 2) return load_row(p, width);
  float padded[PANEL_WIDTH * LANES / 2];
  pack_row(p, NULL, 1, known, width * LANES / 2, padded);
  return load_row(padded, width);
}

/// A run of a panel of B, from row k on: its bias first, then each run adds to what C has come to, in the order of `add_product`.
INLINE void weight_product_run(
    const hartrain_product *p, const hartrain_packing *b, ptrdiff_t k, ptrdiff_t first, const int width) {
  const ptrdiff_t b_row = width * LANES / 2, left = p->columns - first, known = left < b_row ? left : b_row;
  const ptrdiff_t run = p->depth - k < RUN(PANEL_WIDTH) ? p->depth - k : RUN(PANEL_WIDTH);
  float panel[RUN(PANEL_WIDTH) * PANEL_WIDTH * LANES / 2], bias[PANEL_WIDTH * LANES / 2];
  pack_run(b->b + k * b->b_row + first * b->b_column, b->b_row, b->b_column, run, known, b_row, panel);
  pack_row(b->bias ? b->bias + first : NULL, NULL, 1, b->bias ? known : 0, b_row, bias);
  ptrdiff_t row = 0;
#define TILES(count)                                                                                                    \
  for (; row + (count) <= p->rows; row += (count)) {                                                                    \
    float *c = p->c + row * p->c_row + first;                                                                           \
    TileRow tile[count];                                                                                                \
    UNROLL for (int i = 0; i < (count); i++) {                                                                          \
      tile[i] = k == 0 ? load_row(bias, width) : load_known(c + i * p->c_row, known, width);                            \
    }                                                                                                                   \
    add_product(tile, (count), width, p->a + row * p->a_row + k, p->a_row, 1, 0, 1, run, panel, b_row);                 \
    store_tile(p, tile, c, NULL, known, (count), width, HARTRAIN_PLAIN);                                                \
  }
  TILES(TILE_ROWS)
  TILES(TILE_ROWS / 2)
  TILES(1)
#undef TILES
}

static void weight_product(const hartrain_product *p, const hartrain_packing *b, hartrain_share share) {
  const ptrdiff_t panels = panel_count(halves(p->columns));
  const ptrdiff_t blocks = (panels / share.parts + BLOCK_PANELS) / BLOCK_PANELS;
  const FloatingPointControl before = flush_denormals();
  for (ptrdiff_t block = 0; block < blocks; block++) {
    const hartrain_share part = {share.part * blocks + block, share.parts * blocks};
    // Runs of all widths are as long as the widest panel's.
    for (ptrdiff_t k = 0; k < p->depth; k += RUN(PANEL_WIDTH)) {
      FOR_PANELS(p->columns, part, weight_product_run(p, b, k, first, WIDTH))
    }
  }
  restore(before);
}
