// Packed weights: panels of up to three vectors of columns, each the bias followed by all rows, so that a product reads its panel from
// front to back.

/// One row of a panel: `known` floats of row, `column` apart, those of `other` added where there is one, and zeros up to the width.
INLINE void pack_row(const float *row, const float *other, ptrdiff_t column, ptrdiff_t known, ptrdiff_t width, float *packed) {
  if (other) {
    for (ptrdiff_t j = 0; j < known; j++) packed[j] = row[j * column] + other[j * column];
  } else if (column == 1) {
    for (ptrdiff_t j = 0; j < known; j++) packed[j] = row[j];
  } else {
    for (ptrdiff_t j = 0; j < known; j++) packed[j] = row[j * column];
  }
  for (ptrdiff_t j = known; j < width; j++) packed[j] = 0;
}

/// `depth` rows of a panel, b_row apart. Each lies in another place of memory than the one before, which no prefetcher foretells.
INLINE void pack_rows(
    const float *row, ptrdiff_t b_row, ptrdiff_t column, ptrdiff_t depth, ptrdiff_t known, ptrdiff_t width, float *packed) {
  enum { AHEAD = 16 };
  for (ptrdiff_t k = 0; k < depth; k++, row += b_row, packed += width) {
    if (column == 1) prefetch(row + AHEAD * b_row, width);
    if (column == 1 && known == width) {
      // Whole panels by vectors: a copy of unknown length would be a call.
      for (ptrdiff_t j = 0; j < width; j += LANES / 2) *(HalfVector *)(packed + j) = *(const HalfVector *)(row + j);
    } else {
      pack_row(row, NULL, column, known, width, packed);
    }
  }
}

/// `depth` rows of a panel whose columns stand in memory one after the other: a vector of rows of all columns at a time, since the
/// columns' beginnings may lie so that a cache holds only a few of them at once.
INLINE void pack_columns(const float *rows, ptrdiff_t column, ptrdiff_t depth, ptrdiff_t known, ptrdiff_t width, float *packed) {
  enum { AHEAD = 64 };
  for (ptrdiff_t k = 0; k < depth; k += LANES, rows += LANES, packed += LANES * width) {
    const ptrdiff_t count = depth - k < LANES ? depth - k : LANES;
    ptrdiff_t j = 0;
    for (; count == LANES && j + LANES <= known; j += LANES) {
      Vector square[LANES];
      UNROLL for (int i = 0; i < LANES; i++) {
        __builtin_prefetch(rows + (j + i) * column + AHEAD);
        square[i] = load(rows + (j + i) * column);
      }
      transpose(square);
      UNROLL for (int i = 0; i < LANES; i++) store(packed + i * width + j, square[i]);
    }
    for (; j < known; j++) {
      for (ptrdiff_t i = 0; i < count; i++) packed[i * width + j] = rows[j * column + i];
    }
    for (ptrdiff_t i = 0; i < count; i++) {
      for (ptrdiff_t left = known; left < width; left++) packed[i * width + left] = 0;
    }
  }
}

/// `depth` rows of a panel, which begins at `rows`.
INLINE void pack_run(
    const float *rows, ptrdiff_t b_row, ptrdiff_t column, ptrdiff_t depth, ptrdiff_t known, ptrdiff_t width, float *packed) {
  if (b_row == 1) {
    pack_columns(rows, column, depth, known, width, packed);
  } else {
    pack_rows(rows, b_row, column, depth, known, width, packed);
  }
}

/// All panels. With `summed`, the sum of the two taps stands before them.
INLINE void pack_panels(const hartrain_packing *p, const bool summed, float *packed) {
  for (ptrdiff_t first = 0, left = halves(p->columns); left > 0;) {
    const ptrdiff_t panel = panel_width(left), width = panel * LANES / 2;
    const ptrdiff_t known = p->columns - first < width ? p->columns - first : width;
    pack_row(p->bias ? p->bias + first : NULL, NULL, 1, p->bias ? known : 0, width, packed);
    packed += width;
    for (ptrdiff_t tap = summed ? -1 : 0; tap < p->taps; tap++) {
      const float *row = p->b + (tap < 0 ? 0 : tap) * p->b_tap + first * p->b_column;
      if (tap < 0) {
        for (ptrdiff_t k = 0; k < p->depth; k++) {
          pack_row(row + k * p->b_row, row + k * p->b_row + p->b_tap, p->b_column, known, width, packed + k * width);
        }
      } else {
        pack_run(row, p->b_row, p->b_column, p->depth, known, width, packed);
      }
      packed += p->depth * width;
    }
    first += width;
    left -= panel;
  }
}

static void pack(const hartrain_packing *p, float *packed) { pack_panels(p, false, packed); }
static void winograd_pack(const hartrain_packing *p, float *packed) { pack_panels(p, true, packed); }

/// The last units of an LSTM layer, where they fill no more than three quarters of a vector: the fourth gate then stands in the last
/// quarters of the vectors of the other three, and a row of weights takes three vectors instead of four.
INLINE ptrdiff_t gathered_units(ptrdiff_t units) { return units % LANES <= LANES / 4 * 3 ? units % LANES : 0; }

/// One vector of units after the other, each the bias, zeros where there is none, and then all rows of its gates.
static void pack_gates(
    const float *w_input, const float *w_hidden, const float *bias, ptrdiff_t inputs, ptrdiff_t units, float *packed) {
  const ptrdiff_t quarter = LANES / 4, gathered = gathered_units(units);
  for (ptrdiff_t first = 0; first < units; first += LANES) {
    const ptrdiff_t known = units - first < LANES ? units - first : LANES;
    for (ptrdiff_t k = -1; k < inputs + units; k++) {
      if (k < 0 && !bias) {
        for (ptrdiff_t j = (known == gathered ? 3 : 4) * LANES; j > 0; j--) *packed++ = 0;
        continue;
      }
      const float *row = (k < 0 ? bias : k < inputs ? w_input + k * 4 * units : w_hidden + (k - inputs) * 4 * units) + first;
      if (known == gathered) {
        for (ptrdiff_t gate = 0; gate < 3; gate++, packed += LANES) {
          pack_row(row + gate * units, NULL, 1, known, LANES, packed);
          for (ptrdiff_t j = 0; j < quarter; j++) {
            const ptrdiff_t unit = gate * quarter + j;
            packed[3 * quarter + j] = unit < known ? row[3 * units + unit] : 0;
          }
        }
      } else {
        for (ptrdiff_t gate = 0; gate < 4; gate++, packed += LANES) pack_row(row + gate * units, NULL, 1, known, LANES, packed);
      }
    }
  }
}
