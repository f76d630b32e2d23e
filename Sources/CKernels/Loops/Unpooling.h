// The way back through pooling and activation: a gradient goes to the row that gave the maximum.

static void unpool(const hartrain_unpooling *p) {
  for (ptrdiff_t first = 0; first < p->columns; first += LANES) {
    const ptrdiff_t known = p->columns - first;
    Vector sum = p->sums ? load_first(p->sums + first, known) : (Vector){};
    for (ptrdiff_t block = 0; block < p->blocks; block++) {
      const ptrdiff_t from = block * p->rows * p->columns + first;
      float *dx = p->dx + block * p->dx_block + first;
      for (ptrdiff_t row = 0; row < p->rows; row++) {
        const Vector dy = load_first(p->dy + from + row * p->columns, known);
        const Vector winner = load_first(p->winner + from + row * p->columns, known);
        const Vector x = choose(winner > 0, dy, (Vector){}), y = choose(winner < 0, dy, (Vector){});
        store(dx + 2 * row * p->dx_row, x);
        store(dx + (2 * row + 1) * p->dx_row, y);
        sum += x + y;
      }
    }
    if (p->sums) store_first(p->sums + first, sum, known);
  }
}
