// Convolutions of two taps over pairs of steps by Winograd's minimal filtering F(2, 2) (Lavin and Gray, 2016): three products where
// the plain sum has four. With x0, x1, x2 under the outputs y0 = x0 w0 + x1 w1 and y1 = x1 w0 + x2 w1,
//
//   y0 = x1 (w0 + w1) + (x0 - x1) w0,   y1 = x1 (w0 + w1) + (x2 - x1) w1.

/// The pairs under two taps: x1, x0 - x1, x2 - x1.
static void winograd_pairs(const hartrain_winograd_pairs *p) {
  const ptrdiff_t padded = padded_extent(p->columns);
  const float *end = p->x + p->blocks * p->rows * p->columns;
  for (ptrdiff_t block = 0; block < p->blocks; block++) {
    const float *x = p->x + block * p->rows * p->columns;
    float *pair = p->pairs + block * p->rows / 2 * 3 * padded;
    for (ptrdiff_t row = 0; row < p->rows; row += 2, x += 2 * p->columns, pair += 3 * padded) {
      for (ptrdiff_t i = 0; i < p->columns; i += LANES) {
        const Vector x0 = load_before(x + i, end), x1 = load_before(x + p->columns + i, end);
        const Vector x2 = row + 2 < p->rows ? load_before(x + 2 * p->columns + i, end) : (Vector){};
        store(pair + i, x1);
        store(pair + padded + i, x0 - x1);
        store(pair + 2 * padded + i, x2 - x1);
      }
    }
  }
}

#define PAIR_ROWS (TILE_ROWS / 2)

/// Both outputs of `rows` pairs of one panel.
INLINE void winograd_tile(
    const hartrain_winograd_product *p, const float *pair, const float *panel, float *c, float *winner, ptrdiff_t known,
    const int rows, const int width, const hartrain_epilogue epilogue) {
  const ptrdiff_t b_row = width * LANES / 2, taps = p->depth * b_row;
  TileRow first[PAIR_ROWS], second[PAIR_ROWS];
  UNROLL for (int i = 0; i < rows; i++) first[i] = load_row(panel, width);
  const float *b = panel + b_row;
  add_product(first, rows, width, pair, p->pair_row, 1, 0, 1, p->depth, b, b_row);
  UNROLL for (int i = 0; i < rows; i++) second[i] = first[i];
  add_product(first, rows, width, pair + p->pair_part, p->pair_row, 1, 0, 1, p->depth, b + taps, b_row);
  add_product(second, rows, width, pair + 2 * p->pair_part, p->pair_row, 1, 0, 1, p->depth, b + 2 * taps, b_row);
  UNROLL for (int i = 0; i < rows; i++) {
    UNROLL for (int j = 0; j < VECTORS(width); j++) {
      const Vector x = vector_of(&first[i], width, j), y = vector_of(&second[i], width, j);
      const ptrdiff_t left = known - j * LANES;
      if (epilogue == HARTRAIN_RELU_MAXPOOL2) {
        const ptrdiff_t to = i * p->c_row + j * LANES;
        store_pooled(x, y, c + to, winner ? winner + to : NULL, left);
      } else {
        const ptrdiff_t to = 2 * i * p->c_row + j * LANES;
        store_first(c + to, x, left);
        store_first(c + to + p->c_row, y, left);
      }
    }
  }
}

INLINE void winograd_panel(
    const hartrain_winograd_product *p, const float *panel, ptrdiff_t first, const int width, const hartrain_epilogue epilogue) {
  const ptrdiff_t c_pair = epilogue == HARTRAIN_RELU_MAXPOOL2 ? p->c_row : 2 * p->c_row;
  for (ptrdiff_t block = 0; block < p->blocks; block++) {
    const float *pair = p->pairs + block * p->pair_block;
    float *c = p->c + block * p->pair_rows * c_pair + first;
    float *winner = p->winner ? p->winner + block * p->pair_rows * c_pair + first : NULL;
    ptrdiff_t row = 0;
#define TILES(count)                                                                                                          \
  for (; row + (count) <= p->pair_rows; row += (count)) {                                                                     \
    winograd_tile(                                                                                                            \
        p, pair + row * p->pair_row, panel, c + row * c_pair, winner ? winner + row * c_pair : NULL, p->columns - first, count, \
        width, epilogue);                                                                                                     \
  }
    TILES(PAIR_ROWS)
    TILES(1)
#undef TILES
  }
}

INLINE void winograd_product_with(const hartrain_winograd_product *p, hartrain_share share, const hartrain_epilogue epilogue) {
  FOR_PANELS(p->columns, share, winograd_panel(p, p->packed + (3 * p->depth + 1) * first, first, WIDTH, epilogue))
}

static void winograd_plain(const hartrain_winograd_product *p, hartrain_share share) {
  winograd_product_with(p, share, HARTRAIN_PLAIN);
}
static void winograd_relu_maxpool2(const hartrain_winograd_product *p, hartrain_share share) {
  winograd_product_with(p, share, HARTRAIN_RELU_MAXPOOL2);
}

static void winograd_product(const hartrain_winograd_product *p, hartrain_share share) {
  switch (p->epilogue) {
  case HARTRAIN_PLAIN: winograd_plain(p, share); break;
  case HARTRAIN_RELU_MAXPOOL2: winograd_relu_maxpool2(p, share); break;
  }
}

INLINE void winograd_gradients_with(const hartrain_winograd_gradients *p, const bool pooled) {
  const ptrdiff_t padded = padded_extent(p->columns);
  const ptrdiff_t row = pooled ? p->columns : 2 * p->columns, size = p->blocks * p->pair_rows * row;
  for (ptrdiff_t first = 0; first < p->columns; first += LANES) {
    const float *dy = p->dy + first, *winner = pooled ? p->winner + first : NULL;
    float *pair = p->pairs + first;
    Vector sum = {};
    for (ptrdiff_t block = 0; block < p->blocks; block++) {
      Vector before = {};
      for (ptrdiff_t i = 0; i < p->pair_rows; i++, dy += row, pair += 5 * padded) {
        Vector d0 = load_before(dy, p->dy + size), d1;
        if (pooled) {
          const Vector which = load_before(winner, p->winner + size);
          winner += row;
          d1 = choose(which < 0, d0, (Vector){});
          d0 = choose(which > 0, d0, (Vector){});
        } else {
          d1 = load_before(dy + p->columns, p->dy + size);
        }
        store(pair, d1);
        store(pair + padded, d0 + d1);
        store(pair + 2 * padded, d0);
        store(pair + 3 * padded, before - d0);
        store(pair + 4 * padded, d1 - d0);
        sum += d0 + d1;
        before = d1;
      }
    }
    const ptrdiff_t known = p->columns - first;
    if (p->sums) store_first(p->sums + first, load_first(p->sums + first, known) + sum, known);
  }
}

static void winograd_gradients(const hartrain_winograd_gradients *p) {
  if (p->winner) {
    winograd_gradients_with(p, true);
  } else {
    winograd_gradients_with(p, false);
  }
}

/// The gradients of both taps for `rows` channels of one panel: see `hartrain_winograd_outer_product`.
INLINE void winograd_outer_tile(
    const hartrain_winograd_outer_product *p, ptrdiff_t channel, ptrdiff_t first, const int rows, const int width) {
  const float *x = p->pairs + channel, *d = p->gradients + first;
  // Sums of their own, from zero: where a gradient is nearly 0, it is because they cancel, and Adam divides their rounding by itself.
#define SUM(tile, x_part, d_part)                                                                                          \
  TileRow tile[PAIR_ROWS] = {};                                                                                            \
  for (ptrdiff_t block = 0; block < p->blocks; block++) {                                                                  \
    add_product(                                                                                                           \
        tile, rows, width, x + block * p->pair_block + (x_part) * p->pair_part, 1, p->pair_row, 0, 1, p->pair_rows,        \
        d + block * p->gradient_block + (d_part) * p->gradient_part, p->gradient_row);                                     \
  }
#define ADD(tile, tap)                                                                                                     \
  UNROLL for (int i = 0; i < rows; i++) {                                                                                  \
    UNROLL for (int j = 0; j < VECTORS(width); j++) {                                                                      \
      const ptrdiff_t known = p->columns - first - j * LANES;                                                              \
      float *to = p->c + ((tap) * p->depth + channel + i) * p->columns + first + j * LANES;                                \
      const Vector sum = vector_of(&both[i], width, j) + vector_of(&tile[i], width, j);                                    \
      store_first(to, load_first(to, known) + sum, known);                                                                 \
    }                                                                                                                      \
  }
  SUM(both, 0, 1)
  SUM(tap0, 1, 2)
  ADD(tap0, 0)
  SUM(tap1, 2, 0)
  ADD(tap1, 1)
#undef ADD
#undef SUM
}

INLINE void winograd_outer_panel(const hartrain_winograd_outer_product *p, ptrdiff_t first, const int width) {
  // Tiles of nearly equal height: a last one of a single row would wait for its own sums.
  ptrdiff_t tiles = (p->depth + PAIR_ROWS - 1) / PAIR_ROWS;
  for (ptrdiff_t channel = 0, rows; channel < p->depth; channel += rows, tiles--) {
    rows = (p->depth - channel + tiles - 1) / tiles;
    switch (rows) {
    case 1: winograd_outer_tile(p, channel, first, 1, width); break;
    case 2: winograd_outer_tile(p, channel, first, 2, width); break;
#if PAIR_ROWS > 2
    case 3: winograd_outer_tile(p, channel, first, 3, width); break;
    case 4: winograd_outer_tile(p, channel, first, 4, width); break;
#endif
    }
  }
}

static void winograd_outer_product(const hartrain_winograd_outer_product *p, hartrain_share share) {
  FOR_PANELS(p->columns, share, winograd_outer_panel(p, first, WIDTH))
}
