// Packed weights: panels of up to TILE_COLUMNS vectors of columns, each the bias followed by all rows, so that a product reads its
// panel from front to back.

static void pack(const hartrain_packing *p, float *packed) {
  ptrdiff_t first = 0;
  for (ptrdiff_t left = vectors(p->columns); left > 0;) {
    const ptrdiff_t panel = panel_columns(left), width = panel * LANES;
    const ptrdiff_t known = p->columns - first < width ? p->columns - first : width;
    for (ptrdiff_t j = 0; j < width; j++) packed[j] = p->bias && j < known ? p->bias[first + j] : 0;
    packed += width;
    for (ptrdiff_t tap = 0; tap < p->taps; tap++) {
      for (ptrdiff_t k = 0; k < p->depth; k++, packed += width) {
        const float *row = p->b + tap * p->b_tap + k * p->b_row + first * p->b_column;
        if (p->b_column == 1) {
          for (ptrdiff_t j = 0; j < known; j++) packed[j] = row[j];
        } else {
          for (ptrdiff_t j = 0; j < known; j++) packed[j] = row[j * p->b_column];
        }
        for (ptrdiff_t j = known; j < width; j++) packed[j] = 0;
      }
    }
    first += width;
    left -= panel;
  }
}

/// One vector of units after the other, each the bias and then all rows of its four gates.
static void pack_gates(
    const float *w_input, const float *w_hidden, const float *bias, ptrdiff_t inputs, ptrdiff_t units, float *packed) {
  for (ptrdiff_t first = 0; first < units; first += LANES) {
    const ptrdiff_t known = units - first < LANES ? units - first : LANES;
    for (ptrdiff_t k = -1; k < inputs + units; k++) {
      const float *row = k < 0 ? bias : k < inputs ? w_input + k * 4 * units : w_hidden + (k - inputs) * 4 * units;
      for (ptrdiff_t gate = 0; gate < 4; gate++, packed += LANES) {
        for (ptrdiff_t j = 0; j < known; j++) packed[j] = row[gate * units + first + j];
        for (ptrdiff_t j = known; j < LANES; j++) packed[j] = 0;
      }
    }
  }
}
