// LSTM over a sequence: a tile holds the four gates of one vector of units for a few rows, from the products to the new state, so
// that pre-activations never touch memory.

INLINE void lstm_forward_tile(
    const hartrain_lstm_forward *p, ptrdiff_t step, ptrdiff_t row, ptrdiff_t unit, const float *packed, const int rows) {
  const ptrdiff_t slab = p->rows * p->padded;
  const float *x = p->x + step * p->x_step + row * p->x_row;
  const float *before = p->hidden + (step - 1) * slab + row * p->padded;
  Vector tile[GATE_ROWS][4];
  UNROLL for (int i = 0; i < rows; i++) {
    UNROLL for (int gate = 0; gate < 4; gate++) tile[i][gate] = load(packed + gate * LANES);
  }
  const float *b = packed + 4 * LANES;
  if (rows == 1) {
    add_row_product(tile[0], 4, x, 0, 1, p->inputs, b, 4 * LANES);
    if (step > 0) add_row_product(tile[0], 4, before, 0, 1, p->units, b + p->inputs * 4 * LANES, 4 * LANES);
  } else {
    add_product(tile, rows, 4, x, p->x_row, 1, 0, 1, p->inputs, b, 4 * LANES);
    if (step > 0) add_product(tile, rows, 4, before, p->padded, 1, 0, 1, p->units, b + p->inputs * 4 * LANES, 4 * LANES);
  }
  UNROLL for (int i = 0; i < rows; i++) {
    const ptrdiff_t place = (row + i) * p->padded + unit;
    const Vector in = sigmoid_of(tile[i][0]), forget = sigmoid_of(tile[i][1]);
    const Vector candidate = tanh_of(tile[i][2]), out = sigmoid_of(tile[i][3]);
    Vector cell = in * candidate;
    if (step > 0) cell += forget * load(p->cell + (p->gates ? (step - 1) * slab : 0) + place);
    store(p->cell + (p->gates ? step * slab : 0) + place, cell);
    store(p->hidden + step * slab + place, out * tanh_of(cell));
    if (p->gates) {
      float *gates = p->gates + 4 * step * slab + 4 * (row + i) * p->padded + unit;
      store(gates, in);
      store(gates + p->padded, forget);
      store(gates + 2 * p->padded, candidate);
      store(gates + 3 * p->padded, out);
    }
  }
}

static void lstm_forward(const hartrain_lstm_forward *p) {
  const ptrdiff_t panel = (p->inputs + p->units + 1) * 4 * LANES;
  for (ptrdiff_t step = 0; step < p->steps; step++) {
    const float *packed = p->packed;
    for (ptrdiff_t unit = 0; unit < p->units; unit += LANES, packed += panel) {
      ptrdiff_t row = 0;
      for (; row + GATE_ROWS <= p->rows; row += GATE_ROWS) lstm_forward_tile(p, step, row, unit, packed, GATE_ROWS);
      if (GATE_ROWS > 2) {
        for (; row + 2 <= p->rows; row += 2) lstm_forward_tile(p, step, row, unit, packed, 2);
      }
      for (; row < p->rows; row++) lstm_forward_tile(p, step, row, unit, packed, 1);
    }
  }
}

INLINE void lstm_backward_tile(
    const hartrain_lstm_backward *p, ptrdiff_t step, ptrdiff_t row, ptrdiff_t unit, const float *packed, const int rows,
    const int columns) {
  const ptrdiff_t slab = p->rows * p->padded;
  const float *d_hidden = p->d_hidden ? p->d_hidden + step * slab : step == p->steps - 1 ? p->d_last : NULL;
  Vector tile[TILE_ROWS][4] = {};
  if (d_hidden) {
    UNROLL for (int i = 0; i < rows; i++) {
      UNROLL for (int j = 0; j < columns; j++) tile[i][j] = load(d_hidden + (row + i) * p->padded + unit + j * LANES);
    }
  }
  if (step < p->steps - 1) {
    const float *later = p->gates + 4 * (step + 1) * slab + 4 * row * p->padded;
    const float *b = packed + columns * LANES;
    if (rows == 1) {
      add_row_product(tile[0], columns, later, p->padded, 4, p->units, b, columns * LANES);
    } else {
      add_product(tile, rows, columns, later, 4 * p->padded, 1, p->padded, 4, p->units, b, columns * LANES);
    }
  }
  UNROLL for (int i = 0; i < rows; i++) {
    UNROLL for (int j = 0; j < columns; j++) {
      const ptrdiff_t place = (row + i) * p->padded + unit + j * LANES;
      float *gates = p->gates + 4 * step * slab + 4 * (row + i) * p->padded + unit + j * LANES;
      const Vector in = load(gates), forget = load(gates + p->padded);
      const Vector candidate = load(gates + 2 * p->padded), out = load(gates + 3 * p->padded);
      const Vector cell = tanh_of(load(p->cell + step * slab + place));
      const Vector before = step > 0 ? load(p->cell + (step - 1) * slab + place) : (Vector){};
      const Vector dh = tile[i][j];
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
    const hartrain_lstm_backward *p, ptrdiff_t step, ptrdiff_t unit, const float *packed, const int columns) {
  ptrdiff_t row = 0;
  for (; row + TILE_ROWS <= p->rows; row += TILE_ROWS) lstm_backward_tile(p, step, row, unit, packed, TILE_ROWS, columns);
  for (; row + TILE_ROWS / 2 <= p->rows; row += TILE_ROWS / 2) {
    lstm_backward_tile(p, step, row, unit, packed, TILE_ROWS / 2, columns);
  }
  for (; row < p->rows; row++) lstm_backward_tile(p, step, row, unit, packed, 1, columns);
}

static void lstm_backward(const hartrain_lstm_backward *p) {
  for (ptrdiff_t step = p->steps - 1; step >= 0; step--) {
    const float *packed = p->packed;
    ptrdiff_t unit = 0;
    for (ptrdiff_t left = vectors(p->units); left > 0;) {
      const int columns = panel_columns(left);
      switch (columns) {
      case 1: lstm_backward_panel(p, step, unit, packed, 1); break;
      case 2: lstm_backward_panel(p, step, unit, packed, 2); break;
      default: lstm_backward_panel(p, step, unit, packed, 3); break;
      }
      packed += (4 * p->units + 1) * columns * LANES;
      unit += columns * LANES;
      left -= columns;
    }
  }
}
