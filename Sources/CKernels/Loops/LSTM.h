// LSTM over a sequence: a tile holds the four gates of one vector of units for a few rows, from the products to the new state, so
// that pre-activations never touch memory.

/// The rows of a tile whose weights no first-level cache holds; not fewer than GATE_ROWS.
#define LARGE_GATE_ROWS (GATE_ROWS == 2 ? 3 : GATE_ROWS)

_Static_assert(GATE_ROWS <= HARTRAIN_LSTM_STEPS, "a tile's steps must fit the scratch");

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

/// The four gates from the vectors that hold them, see `gathered_units`.
INLINE void spread_gates(Vector gate[4], const int vectors) {
  if (vectors == 3) gate[3] = last_quarters(gate[0], gate[1], gate[2]);
}

/// `rows` rows of one vector of units, whose gates `vectors` vectors of weights hold, 4 or 3.
INLINE void lstm_forward_tile(
    const hartrain_lstm_forward *p, ptrdiff_t step, ptrdiff_t row, ptrdiff_t unit, const float *packed, const int rows,
    const int vectors) {
  const ptrdiff_t b_row = vectors * LANES;
  const float *x = p->x + step * p->x_step + row * p->x_row;
  const float *before = p->hidden + (step - 1) * p->rows * p->padded + row * p->padded;
  TileRow tile[LARGE_GATE_ROWS];
  UNROLL for (int i = 0; i < rows; i++) tile[i] = load_row(packed, 2 * vectors);
  const float *b = packed + b_row;
  add_product(tile, rows, 2 * vectors, x, p->x_row, 1, 0, 1, p->inputs, b, b_row);
  if (step > 0) add_product(tile, rows, 2 * vectors, before, p->padded, 1, 0, 1, p->units, b + p->inputs * b_row, b_row);
  UNROLL for (int i = 0; i < rows; i++) {
    spread_gates(tile[i].whole, vectors);
    lstm_cell(p, step, row + i, unit, tile[i].whole);
  }
}

/// What the pre-activations of one row have from bias and input, which waits for nothing, at `steps` steps from `step`.
INLINE void lstm_input_tile(
    const hartrain_lstm_forward *p, ptrdiff_t step, ptrdiff_t row, const float *packed, float *to, ptrdiff_t to_step,
    const int steps, const int vectors) {
  const ptrdiff_t b_row = vectors * LANES;
  TileRow tile[GATE_ROWS];
  UNROLL for (int i = 0; i < steps; i++) tile[i] = load_row(packed, 2 * vectors);
  add_product(
      tile, steps, 2 * vectors, p->x + step * p->x_step + row * p->x_row, p->x_step, 1, 0, 1, p->inputs, packed + b_row, b_row);
  UNROLL for (int i = 0; i < steps; i++) {
    UNROLL for (int j = 0; j < vectors; j++) store(to + i * to_step + j * LANES, tile[i].whole[j]);
  }
}

/// Where the weights of a vector of units begin; the first row is the bias.
INLINE const float *lstm_panel(const hartrain_lstm_forward *p, ptrdiff_t unit) {
  return p->packed + (p->inputs + p->units + 1) * 4 * unit;
}

/// One step of a single row, which waits for the step before: `whole` vectors of units and, with `gathered`, the one behind them,
/// as many as the registers hold at once, so that their cells are computed side by side; and two partial sums of each gate.
INLINE void lstm_forward_row(
    const hartrain_lstm_forward *p, ptrdiff_t step, ptrdiff_t row, ptrdiff_t unit, const float *input, const int whole,
    const bool gathered) {
  const int units = whole + gathered;
  Vector even[ROW_VECTORS][4], odd[ROW_VECTORS][4] = {};
  const float *b[ROW_VECTORS];
#define VECTORS_OF(v) ((v) < whole ? 4 : 3)
#define EACH_GATE(code)                                                         \
  UNROLL for (int v = 0; v < units; v++) {                                      \
    UNROLL for (int gate = 0; gate < VECTORS_OF(v); gate++) { code; }           \
  }
  UNROLL for (int v = 0; v < units; v++) b[v] = lstm_panel(p, unit + v * LANES) + (p->inputs + 1) * VECTORS_OF(v) * LANES;
  EACH_GATE(even[v][gate] = load(input + (v * 4 + gate) * LANES))
  if (step > 0) {
    const float *a = p->hidden + ((step - 1) * p->rows + row) * p->padded;
    ptrdiff_t k = 0;
#define WEIGHT(k) load(b[v] + ((k) * VECTORS_OF(v) + gate) * LANES)
    for (; k + 2 <= p->units; k += 2) {
      const Vector first = splat(a[k]), second = splat(a[k + 1]);
      EACH_GATE(even[v][gate] += first * WEIGHT(k); odd[v][gate] += second * WEIGHT(k + 1))
    }
    if (k < p->units) {
      const Vector last = splat(a[k]);
      EACH_GATE(even[v][gate] += last * WEIGHT(k))
    }
#undef WEIGHT
    EACH_GATE(even[v][gate] += odd[v][gate])
  }
#undef EACH_GATE
  UNROLL for (int v = 0; v < units; v++) {
    spread_gates(even[v], VECTORS_OF(v));
    lstm_cell(p, step, row, unit + v * LANES, even[v]);
  }
#undef VECTORS_OF
}

/// A share of the vectors of units: whole ones from `first` to `filled`, and with `gathered` the one that begins there, see
/// `gathered_units`.
typedef struct {
  ptrdiff_t first, filled;
  bool gathered;
} UnitShare;

INLINE UnitShare units_of(const hartrain_lstm_forward *p, hartrain_share share) {
  const ptrdiff_t vectors = (p->units + LANES - 1) / LANES, end = vectors * (share.part + 1) / share.parts;
  const bool gathered = end == vectors && gathered_units(p->units) > 0;
  return (UnitShare){vectors * share.part / share.parts * LANES, (end - gathered) * LANES, gathered};
}

/// The code for each vector of units of a share, with its first unit `unit` and the vectors that hold its gates as the constant
/// GATE_VECTORS.
#define FOR_UNITS(own, code)                                                 \
  {                                                                          \
    for (ptrdiff_t unit = (own).first; unit < (own).filled; unit += LANES) { \
      enum { GATE_VECTORS = 4 };                                             \
      code                                                                   \
    }                                                                        \
    if ((own).gathered) {                                                    \
      const ptrdiff_t unit = (own).filled;                                   \
      enum { GATE_VECTORS = 3 };                                             \
      code                                                                   \
    }                                                                        \
  }

/// All steps of a row that is in no tile, a few steps at a time.
INLINE void lstm_forward_single(
    const hartrain_lstm_forward *p, ptrdiff_t row, hartrain_share share, hartrain_meeting *meeting) {
  const UnitShare own = units_of(p, share);
  const ptrdiff_t to_step = 4 * p->padded;
  for (ptrdiff_t step = 0, steps; step < p->steps; step += steps) {
    steps = p->steps - step >= GATE_ROWS ? GATE_ROWS : 1;
#define INPUT_TILES(count) \
  FOR_UNITS(own, { lstm_input_tile(p, step, row, lstm_panel(p, unit), p->scratch + 4 * unit, to_step, count, GATE_VECTORS); })
    if (steps == GATE_ROWS) {
      INPUT_TILES(GATE_ROWS)
    } else {
      INPUT_TILES(1)
    }
#undef INPUT_TILES
    for (ptrdiff_t i = 0; i < steps; i++) {
      const float *input = p->scratch + i * to_step;
      ptrdiff_t unit = own.first;
#define STEP(whole, with_gathered) lstm_forward_row(p, step + i, row, unit, input + 4 * unit, whole, with_gathered)
      for (; unit + (ROW_VECTORS - 1) * LANES < own.filled; unit += ROW_VECTORS * LANES) STEP(ROW_VECTORS, false);
      // What is left: no vector of units or, where ROW_VECTORS is 2, one.
      const bool one = unit < own.filled;
      if (one && own.gathered) {
        STEP(ROW_VECTORS - 1, true);
      } else if (one) {
        STEP(1, false);
      } else if (own.gathered) {
        STEP(0, true);
      }
#undef STEP
      meet(meeting, share.parts);
    }
  }
}

/// All steps of rows that fill tiles, whose weights a first-level cache holds; what is left of them goes by itself.
static void lstm_forward_cached(const hartrain_lstm_forward *p, hartrain_share share, hartrain_meeting *meeting) {
  const UnitShare own = units_of(p, share);
  const ptrdiff_t tiled = p->rows / GATE_ROWS * GATE_ROWS;
  for (ptrdiff_t step = 0; step < p->steps && tiled > 0; step++) {
    FOR_UNITS(own, {
      for (ptrdiff_t row = 0; row < tiled; row += GATE_ROWS) {
        lstm_forward_tile(p, step, row, unit, lstm_panel(p, unit), GATE_ROWS, GATE_VECTORS);
      }
    })
    meet(meeting, share.parts);
  }
  for (ptrdiff_t row = tiled; row < p->rows; row++) lstm_forward_single(p, row, share, meeting);
}

/// One step of one vector of units for all rows.
INLINE void lstm_forward_step(const hartrain_lstm_forward *p, ptrdiff_t step, ptrdiff_t unit, const int vectors) {
  const float *packed = lstm_panel(p, unit);
  ptrdiff_t row = 0;
#define TILES(rows_) \
  for (; row + (rows_) <= p->rows; row += (rows_)) lstm_forward_tile(p, step, row, unit, packed, (rows_), vectors);
  TILES(LARGE_GATE_ROWS)
  if (LARGE_GATE_ROWS > 3) TILES(LARGE_GATE_ROWS / 2)
  TILES(1)
#undef TILES
}

/// Rows that share weights which no first-level cache holds: none is computed by itself.
static void lstm_forward_shared(const hartrain_lstm_forward *p, hartrain_share share, hartrain_meeting *meeting) {
  const UnitShare own = units_of(p, share);
  for (ptrdiff_t step = 0; step < p->steps; step++) {
    FOR_UNITS(own, { lstm_forward_step(p, step, unit, GATE_VECTORS); })
    meet(meeting, share.parts);
  }
}

/// Rows of a batch by weights that no second-level cache holds: what a few steps have from bias and input comes first, which waits
/// for nothing; then, step by step, what they have from the step before. Weights pass in runs, each for all rows. Every sum adds up
/// in the order of `lstm_forward_tile`.
static void lstm_forward_runs(const hartrain_lstm_forward *p, hartrain_share share, hartrain_meeting *meeting) {
  const UnitShare own = units_of(p, share);
  // Pre-activations [steps, rows, vectors of gates] of one vector of units after the other.
#define SUMS(step) \
  (p->scratch + 4 * unit * HARTRAIN_LSTM_STEPS * p->rows + (step) * p->rows * GATE_VECTORS * LANES)
  for (ptrdiff_t first = 0, steps; first < p->steps; first += steps) {
    steps = p->steps - first < HARTRAIN_LSTM_STEPS ? p->steps - first : HARTRAIN_LSTM_STEPS;
    FOR_UNITS(own, {
      const ptrdiff_t b_row = GATE_VECTORS * LANES;
      const float *packed = lstm_panel(p, unit);
      const TileRow bias = load_row(packed, 2 * GATE_VECTORS);
      for (ptrdiff_t i = 0; i < steps; i++) {
        float *sums = SUMS(i);
        const float *x = p->x + (first + i) * p->x_step;
        const float *next = i < steps - 1 ? packed : lstm_panel(p, unit + LANES);
        for (ptrdiff_t row = 0; row < p->rows; row++) store_row(sums + row * b_row, &bias, 2 * GATE_VECTORS);
        add_runs(
            sums, p->rows, LARGE_GATE_ROWS, 2 * GATE_VECTORS, x, p->x_row, p->inputs, packed + b_row, b_row, next);
      }
    })
    for (ptrdiff_t i = 0; i < steps; i++) {
      const ptrdiff_t step = first + i;
      FOR_UNITS(own, {
        const ptrdiff_t b_row = GATE_VECTORS * LANES;
        float *sums = SUMS(i);
        if (step > 0) {
          const float *before = p->hidden + (step - 1) * p->rows * p->padded;
          const ptrdiff_t later = unit + LANES < own.filled + own.gathered * LANES ? unit + LANES : own.first;
          add_runs(
              sums, p->rows, LARGE_GATE_ROWS, 2 * GATE_VECTORS, before, p->padded, p->units,
              lstm_panel(p, unit) + (1 + p->inputs) * b_row, b_row, lstm_panel(p, later) + (1 + p->inputs) * b_row);
        }
        for (ptrdiff_t row = 0; row < p->rows; row++) {
          TileRow gates = load_row(sums + row * b_row, 2 * GATE_VECTORS);
          spread_gates(gates.whole, GATE_VECTORS);
          lstm_cell(p, step, row, unit, gates.whole);
        }
      })
      meet(meeting, share.parts);
    }
  }
#undef SUMS
}

static void lstm_forward(const hartrain_lstm_forward *p, hartrain_share share, hartrain_meeting *meeting) {
  const ptrdiff_t weights = (p->inputs + p->units + 1) * 4 * p->padded;
  if (p->rows == 1 || weights <= HARTRAIN_LSTM_CACHED) {
    lstm_forward_cached(p, share, meeting);
  } else if (weights > HARTRAIN_LSTM_LARGE) {
    lstm_forward_runs(p, share, meeting);
  } else {
    lstm_forward_shared(p, share, meeting);
  }
}

/// The gradients of the pre-activations of one row and vector of units, `known` units of it, from that of its output.
INLINE void lstm_backward_cell(
    const hartrain_lstm_backward *p, ptrdiff_t step, ptrdiff_t row, ptrdiff_t unit, Vector dh, ptrdiff_t known) {
  const ptrdiff_t slab = p->rows * p->padded, place = row * p->padded + unit;
  const float *gates = p->gates + 4 * step * slab + 4 * row * p->padded + unit;
  float *d = p->d_gates + (step * p->rows + row) * p->gate_row + unit;
  const Vector in = load(gates), forget = load(gates + p->padded);
  const Vector candidate = load(gates + 2 * p->padded), out = load(gates + 3 * p->padded);
  const Vector cell = tanh_of(load(p->cell + step * slab + place));
  const Vector before = step > 0 ? load(p->cell + (step - 1) * slab + place) : (Vector){};
  Vector dc = dh * out * (1.f - cell * cell);
  if (step < p->steps - 1) dc += load(p->d_cell + place);
  store_first(d, dc * candidate * in * (1.f - in), known);
  store_first(d + p->units, dc * before * forget * (1.f - forget), known);
  store_first(d + 2 * p->units, dc * in * (1.f - candidate * candidate), known);
  store_first(d + 3 * p->units, dh * cell * out * (1.f - out), known);
  store(p->d_cell + place, dc * forget);
}

/// The same for the vectors of one panel.
INLINE void lstm_backward_cells(
    const hartrain_lstm_backward *p, ptrdiff_t step, ptrdiff_t row, ptrdiff_t unit, const TileRow *dh, const int width) {
  // From the last vector to the first: what it writes beyond the last unit is the next gate's, which comes after. Where the first
  // vectors are another panel's, nothing is written beyond.
  UNROLL for (int j = VECTORS(width) - 1; j >= 0; j--) {
    const ptrdiff_t at = unit + j * LANES;
    lstm_backward_cell(p, step, row, at, vector_of(dh, width, j), unit == 0 ? LANES : p->units - at);
  }
}

/// The gradient of a step's output that does not come from the step after it; NULL for zeros.
INLINE const float *lstm_output_gradient(const hartrain_lstm_backward *p, ptrdiff_t step) {
  return p->d_hidden ? p->d_hidden + step * p->rows * p->padded : step == p->steps - 1 ? p->d_last : NULL;
}

INLINE void lstm_backward_tile(
    const hartrain_lstm_backward *p, ptrdiff_t step, ptrdiff_t row, ptrdiff_t unit, const float *packed, const int rows,
    const int width) {
  const float *d_hidden = lstm_output_gradient(p, step);
  TileRow tile[TILE_ROWS] = {};
  if (d_hidden) {
    UNROLL for (int i = 0; i < rows; i++) tile[i] = load_row(d_hidden + (row + i) * p->padded + unit, width);
  }
  if (step < p->steps - 1) {
    const float *later = p->d_gates + ((step + 1) * p->rows + row) * p->gate_row, *b = packed + width * LANES / 2;
    if (rows == 1) {
      add_row_product(&tile[0], width, later, 0, 1, 4 * p->units, b, width * LANES / 2);
    } else {
      add_product(tile, rows, width, later, p->gate_row, 1, 0, 1, 4 * p->units, b, width * LANES / 2);
    }
  }
  UNROLL for (int i = 0; i < rows; i++) lstm_backward_cells(p, step, row + i, unit, &tile[i], width);
}

/// Rows from `row` on, whole tiles, where the weights are larger than the first-level cache: they pass in runs. (With AVX-512 the
/// second-level caches keep up without.) Returns how many rows it took.
INLINE ptrdiff_t lstm_backward_runs(
    const hartrain_lstm_backward *p, ptrdiff_t step, ptrdiff_t row, ptrdiff_t unit, const float *packed, const int width) {
  const ptrdiff_t b_row = width * LANES / 2, left = (p->rows - row) / TILE_ROWS * TILE_ROWS;
  const ptrdiff_t count = left < RUN_ROWS ? left : RUN_ROWS;
  const float *d_hidden = lstm_output_gradient(p, step);
  float sums[RUN_ROWS * PANEL_WIDTH * LANES / 2];
  for (ptrdiff_t i = 0; i < count; i++) {
    const TileRow sum = d_hidden ? load_row(d_hidden + (row + i) * p->padded + unit, width) : (TileRow){};
    store_row(sums + i * b_row, &sum, width);
  }
  const float *later = p->d_gates + ((step + 1) * p->rows + row) * p->gate_row;
  add_runs(sums, count, TILE_ROWS, width, later, p->gate_row, 4 * p->units, packed + b_row, b_row, packed);
  for (ptrdiff_t i = 0; i < count; i++) {
    const TileRow sum = load_row(sums + i * b_row, width);
    lstm_backward_cells(p, step, row + i, unit, &sum, width);
  }
  return count;
}

INLINE void lstm_backward_panel(
    const hartrain_lstm_backward *p, ptrdiff_t step, ptrdiff_t unit, const float *packed, const int width) {
  ptrdiff_t row = 0;
  const bool in_runs = step < p->steps - 1 && LANES < 16 && 4 * p->units > 2 * RUN(width);
  while (in_runs && row + 2 * TILE_ROWS <= p->rows) row += lstm_backward_runs(p, step, row, unit, packed, width);
  for (; row + TILE_ROWS <= p->rows; row += TILE_ROWS) lstm_backward_tile(p, step, row, unit, packed, TILE_ROWS, width);
  for (; row + TILE_ROWS / 2 <= p->rows; row += TILE_ROWS / 2) {
    lstm_backward_tile(p, step, row, unit, packed, TILE_ROWS / 2, width);
  }
  for (; row < p->rows; row++) lstm_backward_tile(p, step, row, unit, packed, 1, width);
}

static void lstm_backward(const hartrain_lstm_backward *p) {
  const FloatingPointControl before = flush_denormals();
  for (ptrdiff_t step = p->steps - 1; step >= 0; step--) {
    FOR_PANELS(p->units, WHOLE, lstm_backward_panel(p, step, first, p->packed + (4 * p->units + 1) * first, WIDTH))
  }
  restore(before);
}
