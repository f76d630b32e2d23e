// LSTM over a sequence: a tile holds the four gates of one vector of units for a few rows, from the products to the new state, so
// that pre-activations never touch memory.

/// The new state of one row and vector of units from its four pre-activations.
INLINE void lstm_cell(const hartrain_lstm_forward *p, ptrdiff_t step, ptrdiff_t row, ptrdiff_t unit, const Vector gate[4]) {
  const ptrdiff_t slab = p->rows * p->padded, place = row * p->padded + unit;
  const Vector in = sigmoid_of(gate[0]), forget = sigmoid_of(gate[1]);
  const Vector candidate = tanh_of(gate[2]), out = sigmoid_of(gate[3]);
  Vector cell = in * candidate;
  if (step > 0) cell += forget * load(p->cell + (p->gates ? (step - 1) * slab : 0) + place);
  store(p->cell + (p->gates ? step * slab : 0) + place, cell);
  store(p->hidden + step * slab + place, out * tanh_of(cell));
  if (p->gates) {
    float *gates = p->gates + 4 * step * slab + 4 * row * p->padded + unit;
    store(gates, in);
    store(gates + p->padded, forget);
    store(gates + 2 * p->padded, candidate);
    store(gates + 3 * p->padded, out);
  }
}

INLINE void lstm_forward_tile(
    const hartrain_lstm_forward *p, ptrdiff_t step, ptrdiff_t row, ptrdiff_t unit, const float *packed, const int rows) {
  const float *x = p->x + step * p->x_step + row * p->x_row;
  const float *before = p->hidden + (step - 1) * p->rows * p->padded + row * p->padded;
  TileRow tile[GATE_ROWS];
  UNROLL for (int i = 0; i < rows; i++) tile[i] = load_row(packed, 8);
  const float *b = packed + 4 * LANES;
  add_product(tile, rows, 8, x, p->x_row, 1, 0, 1, p->inputs, b, 4 * LANES);
  if (step > 0) add_product(tile, rows, 8, before, p->padded, 1, 0, 1, p->units, b + p->inputs * 4 * LANES, 4 * LANES);
  UNROLL for (int i = 0; i < rows; i++) lstm_cell(p, step, row + i, unit, tile[i].whole);
}

/// A single row, whose steps wait for each other: all its vectors of units that the registers hold at once, so that their cells are
/// computed side by side, and two partial sums of each gate.
INLINE void lstm_forward_row(
    const hartrain_lstm_forward *p, ptrdiff_t step, ptrdiff_t row, ptrdiff_t unit, const float *packed, ptrdiff_t panel,
    const int vectors) {
  const float *x = p->x + step * p->x_step + row * p->x_row;
  const float *before = p->hidden + (step - 1) * p->rows * p->padded + row * p->padded;
  Vector even[ROW_VECTORS][4], odd[ROW_VECTORS][4] = {};
  UNROLL for (int v = 0; v < vectors; v++) {
    UNROLL for (int gate = 0; gate < 4; gate++) even[v][gate] = load(packed + v * panel + gate * LANES);
  }
  const float *b = packed + 4 * LANES;
  for (int part = 0; part < (step > 0 ? 2 : 1); part++) {
    const float *a = part == 0 ? x : before;
    const ptrdiff_t depth = part == 0 ? p->inputs : p->units;
    ptrdiff_t k = 0;
    for (; k + 2 <= depth; k += 2, b += 8 * LANES) {
      const Vector first = splat(a[k]), second = splat(a[k + 1]);
      UNROLL for (int v = 0; v < vectors; v++) {
        UNROLL for (int gate = 0; gate < 4; gate++) {
          even[v][gate] += first * load(b + v * panel + gate * LANES);
          odd[v][gate] += second * load(b + v * panel + (4 + gate) * LANES);
        }
      }
    }
    if (k < depth) {
      const Vector last = splat(a[k]);
      UNROLL for (int v = 0; v < vectors; v++) {
        UNROLL for (int gate = 0; gate < 4; gate++) even[v][gate] += last * load(b + v * panel + gate * LANES);
      }
      b += 4 * LANES;
    }
  }
  UNROLL for (int v = 0; v < vectors; v++) {
    UNROLL for (int gate = 0; gate < 4; gate++) even[v][gate] += odd[v][gate];
  }
  UNROLL for (int v = 0; v < vectors; v++) lstm_cell(p, step, row, unit + v * LANES, even[v]);
}

static void lstm_forward(const hartrain_lstm_forward *p) {
  const ptrdiff_t panel = (p->inputs + p->units + 1) * 4 * LANES;
  const ptrdiff_t tiled = p->rows / GATE_ROWS * GATE_ROWS;
  for (ptrdiff_t step = 0; step < p->steps; step++) {
    for (ptrdiff_t unit = 0; unit < p->units; unit += LANES) {
      const float *packed = p->packed + unit / LANES * panel;
      for (ptrdiff_t row = 0; row < tiled; row += GATE_ROWS) lstm_forward_tile(p, step, row, unit, packed, GATE_ROWS);
    }
    for (ptrdiff_t row = tiled; row < p->rows; row++) {
      ptrdiff_t unit = 0;
      for (; unit + (ROW_VECTORS - 1) * LANES < p->units; unit += ROW_VECTORS * LANES) {
        lstm_forward_row(p, step, row, unit, p->packed + unit / LANES * panel, panel, ROW_VECTORS);
      }
      for (; unit < p->units; unit += LANES) {
        lstm_forward_row(p, step, row, unit, p->packed + unit / LANES * panel, panel, 1);
      }
    }
  }
}

INLINE void lstm_backward_tile(
    const hartrain_lstm_backward *p, ptrdiff_t step, ptrdiff_t row, ptrdiff_t unit, const float *packed, const int rows,
    const int width) {
  const ptrdiff_t slab = p->rows * p->padded;
  const float *d_hidden = p->d_hidden ? p->d_hidden + step * slab : step == p->steps - 1 ? p->d_last : NULL;
  TileRow tile[TILE_ROWS] = {};
  if (d_hidden) {
    UNROLL for (int i = 0; i < rows; i++) tile[i] = load_row(d_hidden + (row + i) * p->padded + unit, width);
  }
  if (step < p->steps - 1) {
    const float *later = p->gates + 4 * (step + 1) * slab + 4 * row * p->padded;
    const ptrdiff_t b_row = width * LANES / 2;
    if (rows == 1) {
      add_row_product(&tile[0], width, later, p->padded, 4, p->units, packed + b_row, b_row);
    } else {
      add_product(tile, rows, width, later, 4 * p->padded, 1, p->padded, 4, p->units, packed + b_row, b_row);
    }
  }
  UNROLL for (int i = 0; i < rows; i++) {
    UNROLL for (int j = 0; j < VECTORS(width); j++) {
      const ptrdiff_t place = (row + i) * p->padded + unit + j * LANES;
      float *gates = p->gates + 4 * step * slab + 4 * (row + i) * p->padded + unit + j * LANES;
      const Vector in = load(gates), forget = load(gates + p->padded);
      const Vector candidate = load(gates + 2 * p->padded), out = load(gates + 3 * p->padded);
      const Vector cell = tanh_of(load(p->cell + step * slab + place));
      const Vector before = step > 0 ? load(p->cell + (step - 1) * slab + place) : (Vector){};
      const Vector dh = vector_of(&tile[i], width, j);
      Vector dc = dh * out * (1.f - cell * cell);
      if (step < p->steps - 1) dc += load(p->d_cell + place);
      store(gates, dc * candidate * in * (1.f - in));
      store(gates + p->padded, dc * before * forget * (1.f - forget));
      store(gates + 2 * p->padded, dc * in * (1.f - candidate * candidate));
      store(gates + 3 * p->padded, dh * cell * out * (1.f - out));
      store(p->d_cell + place, dc * forget);
    }
  }
}

INLINE void lstm_backward_panel(
    const hartrain_lstm_backward *p, ptrdiff_t step, ptrdiff_t unit, const float *packed, const int width) {
  ptrdiff_t row = 0;
  for (; row + TILE_ROWS <= p->rows; row += TILE_ROWS) lstm_backward_tile(p, step, row, unit, packed, TILE_ROWS, width);
  for (; row + TILE_ROWS / 2 <= p->rows; row += TILE_ROWS / 2) {
    lstm_backward_tile(p, step, row, unit, packed, TILE_ROWS / 2, width);
  }
  for (; row < p->rows; row++) lstm_backward_tile(p, step, row, unit, packed, 1, width);
}

static void lstm_backward(const hartrain_lstm_backward *p) {
  for (ptrdiff_t step = p->steps - 1; step >= 0; step--) {
    const float *packed = p->packed;
    ptrdiff_t unit = 0;
    for (ptrdiff_t left = halves(p->units); left > 0;) {
      const int width = panel_width(left);
      FOR_WIDTH(width, lstm_backward_panel(p, step, unit, packed, WIDTH))
      packed += (4 * p->units + 1) * width * LANES / 2;
      unit += width * LANES / 2;
      left -= width;
    }
  }
}
