// The tile: some rows x vectors of a product, held in registers while the sum runs over k. A row of A gives one float at a time, to
// every lane; a row of the packed B gives the vectors.
//
// Widths count halves of a vector. Where half a vector costs half a multiplication (HALF_VECTORS), columns that do not fill the last
// vector end in a half one: 18 columns are then three halves and not four.

/// The widest panel of columns, in halves: three vectors.
#define PANEL_WIDTH 6

typedef struct {
  Vector whole[4];
  HalfVector half;
} TileRow;

/// The vectors of a row, the half one included.
#define VECTORS(width) (((width) + 1) / 2)

/// Vector j of a row; beyond the half one's lanes stands anything.
INLINE Vector vector_of(const TileRow *row, const int width, const int j) {
  return j < width / 2 ? row->whole[j] : widened(row->half);
}

/// The vectors at p.
INLINE TileRow load_row(const float *p, const int width) {
  TileRow row;
  UNROLL for (int j = 0; j < width / 2; j++) row.whole[j] = load(p + j * LANES);
  if (width % 2) row.half = load_half(p + width / 2 * LANES);
  return row;
}

/// The vectors of a row, to p.
INLINE void store_row(float *p, const TileRow *row, const int width) {
  UNROLL for (int j = 0; j < width / 2; j++) store(p + j * LANES, row->whole[j]);
  if (width % 2) *(HalfVector *)(p + width / 2 * LANES) = row->half;
}

#if defined(__x86_64__) && LANES == 8
/// row += s b, three vectors of AVX2. The twelve sums of a tile, the vectors of b and s take all sixteen registers, and only when the
/// rows come one after the other; clang mixes them, and keeps a sum in memory, which costs a third of the speed.
INLINE void add_scaled_in_registers(TileRow *row, const float *s, const TileRow *b) {
  Vector splatted;
  __asm__("vbroadcastss %[s], %[splatted]\n\t"
          "vfmadd231ps %[b0], %[splatted], %[c0]\n\t"
          "vfmadd231ps %[b1], %[splatted], %[c1]\n\t"
          "vfmadd231ps %[b2], %[splatted], %[c2]"
          : [c0] "+x"(row->whole[0]), [c1] "+x"(row->whole[1]), [c2] "+x"(row->whole[2]), [splatted] "=&x"(splatted)
          : [s] "m"(*s), [b0] "x"(b->whole[0]), [b1] "x"(b->whole[1]), [b2] "x"(b->whole[2]));
}

/// The same for three rows of four vectors: vector j of the rows, which are s0, s1 and s2 times that of B at b.
INLINE void add_column_in_registers(TileRow tile[], const int j, Vector s0, Vector s1, Vector s2, const float *b) {
  Vector loaded;
  __asm__("vmovups %[b], %[loaded]\n\t"
          "vfmadd231ps %[loaded], %[s0], %[c0]\n\t"
          "vfmadd231ps %[loaded], %[s1], %[c1]\n\t"
          "vfmadd231ps %[loaded], %[s2], %[c2]"
          : [c0] "+x"(tile[0].whole[j]), [c1] "+x"(tile[1].whole[j]), [c2] "+x"(tile[2].whole[j]), [loaded] "=&x"(loaded)
          : [b] "m"(*(const Vector *)b), [s0] "x"(s0), [s1] "x"(s1), [s2] "x"(s2));
}
#define IN_REGISTERS 1
#else
#define IN_REGISTERS 0
#endif

/// row += s b
INLINE void add_scaled(TileRow *row, const int width, const float *s, const TileRow *b) {
#if IN_REGISTERS
  if (width == PANEL_WIDTH) {
    add_scaled_in_registers(row, s, b);
    return;
  }
#endif
  const Vector splatted = splat(*s);
  UNROLL for (int j = 0; j < width / 2; j++) row->whole[j] += splatted * b->whole[j];
  if (width % 2) row->half += *s * b->half;
}

/// tile += what one column of A and one row of B give. Rows of A are a_row apart.
INLINE void add_outer(TileRow tile[], const int rows, const int width, const float *s, ptrdiff_t a_row, const float *b) {
#if IN_REGISTERS
  if (rows == 3 && width == 8) {
    const Vector s0 = splat(s[0]), s1 = splat(s[a_row]), s2 = splat(s[2 * a_row]);
    UNROLL for (int j = 0; j < 4; j++) add_column_in_registers(tile, j, s0, s1, s2, b + j * LANES);
    return;
  }
#endif
  const TileRow bs = load_row(b, width);
  UNROLL for (int i = 0; i < rows; i++) add_scaled(&tile[i], width, s + i * a_row, &bs);
}

/// tile += A B over `taps` runs of `depth`. Rows of A are a_row apart, its runs a_tap, its columns a_column. b_row floats lie between
/// the rows of B.
INLINE void add_product(
    TileRow tile[], const int rows, const int width, const float *a, ptrdiff_t a_row, ptrdiff_t a_column, ptrdiff_t a_tap,
    ptrdiff_t taps, ptrdiff_t depth, const float *b, ptrdiff_t b_row) {
  for (ptrdiff_t tap = 0; tap < taps; tap++, a += a_tap) {
    for (ptrdiff_t k = 0; k < depth; k++, b += b_row) add_outer(tile, rows, width, a + k * a_column, a_row, b);
  }
}

/// The same over one run, which asks for what is at `next` on the way, next_row floats further with each row of B: all at once, it
/// would keep other loads waiting. It may lie behind the end of its memory.
INLINE void add_product_asking(
    TileRow tile[], const int rows, const int width, const float *a, ptrdiff_t a_row, ptrdiff_t depth, const float *b,
    ptrdiff_t b_row, const float *next, ptrdiff_t next_row) {
  for (ptrdiff_t k = 0; k < depth; k++, b += b_row, next += next_row) {
    __builtin_prefetch(next, 0, 2);
    add_outer(tile, rows, width, a + k, a_row, b);
  }
}

/// The same for a single row, whose few sums would each wait for the last: four partial sums run side by side.
INLINE void add_row_product(
    TileRow *row, const int width, const float *a, ptrdiff_t a_tap, ptrdiff_t taps, ptrdiff_t depth, const float *b,
    ptrdiff_t b_row) {
  TileRow parts[4] = {};
  for (ptrdiff_t tap = 0; tap < taps; tap++, a += a_tap) {
    ptrdiff_t k = 0;
    for (; k + 4 <= depth; k += 4, b += 4 * b_row) {
      UNROLL for (int part = 0; part < 4; part++) {
        const TileRow bs = load_row(b + part * b_row, width);
        add_scaled(&parts[part], width, a + k + part, &bs);
      }
    }
    for (; k < depth; k++, b += b_row) {
      const TileRow bs = load_row(b, width);
      add_scaled(&parts[0], width, a + k, &bs);
    }
  }
  UNROLL for (int j = 0; j < width / 2; j++) {
    row->whole[j] += (parts[0].whole[j] + parts[1].whole[j]) + (parts[2].whole[j] + parts[3].whole[j]);
  }
  if (width % 2) row->half += (parts[0].half + parts[1].half) + (parts[2].half + parts[3].half);
}

/// Asks for `count` floats at p, which the second-level cache is to have soon. They may lie behind the end of their memory.
INLINE void prefetch(const float *p, ptrdiff_t count) {
  for (ptrdiff_t i = 0; i < count; i += 16) __builtin_prefetch(p + i, 0, 2);
}

/// The rows of a panel of B that pass at a time where it has many: 24 kB, which stay in the first-level cache while rows of A pass.
#define RUN(width) (12288 / ((width) * LANES))
/// The most rows of A that pass a run before the next one comes.
#define RUN_ROWS 64

/// sums += A B, run by run of the rows of B: each sum adds up in the order of `add_product`. Rows of sums are as wide as those of B.
/// `next` is what is read after this, asked for while the last run is multiplied.
INLINE void add_runs(
    float *sums, ptrdiff_t count, const int rows, const int width, const float *a, ptrdiff_t a_row, ptrdiff_t depth, const float *b,
    ptrdiff_t b_row, const float *next) {
  for (ptrdiff_t k = 0; k < depth; k += RUN(width)) {
    const ptrdiff_t run = depth - k < RUN(width) ? depth - k : RUN(width);
    const ptrdiff_t share = RUN(width) * b_row / count;
    const float *coming = k + run < depth ? b + (k + run) * b_row : next;
    ptrdiff_t row = 0;
#define TILES(count_)                                                                                               \
  for (; row + (count_) <= count; row += (count_)) {                                                                \
    TileRow tile[count_];                                                                                           \
    UNROLL for (int i = 0; i < (count_); i++) tile[i] = load_row(sums + (row + i) * b_row, width);                  \
    add_product_asking(                                                                                             \
        tile, (count_), width, a + row * a_row + k, a_row, run, b + k * b_row, b_row, coming + row * share,         \
        (count_) * share / run);                                                                                    \
    UNROLL for (int i = 0; i < (count_); i++) store_row(sums + (row + i) * b_row, &tile[i], width);                 \
  }
    TILES(rows)
    TILES(rows / 2)
    if (rows > 3) TILES(1)
#undef TILES
  }
}

/// How many halves `columns` columns take.
INLINE ptrdiff_t halves(ptrdiff_t columns) {
  return HALF_VECTORS ? (columns + LANES / 2 - 1) / (LANES / 2) : (columns + LANES - 1) / LANES * 2;
}

/// The width of the next panel when `left` halves are left: two panels of two vectors rather than three and one.
INLINE int panel_width(ptrdiff_t left) {
  return left <= PANEL_WIDTH ? (int)left : left <= PANEL_WIDTH + 2 ? PANEL_WIDTH - 2 : PANEL_WIDTH;
}

/// How many panels so many halves take.
INLINE ptrdiff_t panel_count(ptrdiff_t left) {
  ptrdiff_t panels = 0;
  for (; left > 0; panels++) left -= panel_width(left);
  return panels;
}

/// All columns.
static const hartrain_share WHOLE = {0, 1};

/// Whether a panel is in a share of them.
INLINE bool is_in(hartrain_share share, ptrdiff_t panel, ptrdiff_t panels) {
  return panel >= panels * share.part / share.parts && panel < panels * (share.part + 1) / share.parts;
}

/// The code for each panel of a share of columns, with its first column `first` and its width as the constant WIDTH. What is packed
/// in panels has as many floats before a panel as its rows have columns before it.
#if HALF_VECTORS
#define FOR_WIDTH(width, code)                    \
  switch (width) {                                \
  case 1: { enum { WIDTH = 1 }; code; break; }    \
  case 2: { enum { WIDTH = 2 }; code; break; }    \
  case 3: { enum { WIDTH = 3 }; code; break; }    \
  case 4: { enum { WIDTH = 4 }; code; break; }    \
  case 5: { enum { WIDTH = 5 }; code; break; }    \
  case 6: { enum { WIDTH = 6 }; code; break; }    \
  }
#else
#define FOR_WIDTH(width, code)                    \
  switch (width) {                                \
  case 2: { enum { WIDTH = 2 }; code; break; }    \
  case 4: { enum { WIDTH = 4 }; code; break; }    \
  case 6: { enum { WIDTH = 6 }; code; break; }    \
  }
#endif
#define FOR_PANELS(columns, share, code)                                                                              \
  for (ptrdiff_t first = 0, left = halves(columns), panel = 0, panels = panel_count(left); left > 0; panel++) {        \
    const int width = panel_width(left);                                                                               \
    if (is_in(share, panel, panels)) FOR_WIDTH(width, code)                                                            \
    first += width * LANES / 2;                                                                                        \
    left -= width;                                                                                                     \
  }
