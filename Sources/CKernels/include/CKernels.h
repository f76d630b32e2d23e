// The innermost loops of hartrain, compiled once for each instruction set and chosen at run time.
//
// All of them work on memory that the caller has planned: nothing is allocated, nothing is checked. The target `Kernels` checks
// extents and is the only caller. "Padded" extents are rounded up to HARTRAIN_PAD floats, whatever the vectors' width, so that
// memory has one layout on every CPU.
#ifndef HARTRAIN_CKERNELS_H
#define HARTRAIN_CKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Rows that kernels read or write in whole vectors are padded to a multiple of this many floats.
#define HARTRAIN_PAD 16

/// The most steps of a single row whose inputs an LSTM multiplies at a time.
#define HARTRAIN_LSTM_STEPS 8

/// The packed weights of an LSTM layer, in floats, that a first-level cache holds while its steps go by: 32 KiB.
#define HARTRAIN_LSTM_CACHED 8192

/// Those above which no core's second-level cache holds them beside all else: 2 MiB. They pass in runs, each for all rows.
#define HARTRAIN_LSTM_LARGE 524288

/// Weights [taps, depth, columns] and their bias, to be brought into the order in which products read them.
///
/// Element (t, k, j) is at b + t b_tap + k b_row + j b_column; bias is NULL for zeros.
typedef struct {
  const float *b;
  ptrdiff_t b_tap, b_row, b_column;
  const float *bias;
  ptrdiff_t taps, depth, columns;
} hartrain_packing;

/// What happens to a row of a product before it is stored.
typedef enum {
  /// c = a b + bias.
  HARTRAIN_PLAIN,
  /// The maximum over rows 2 r and 2 r + 1 of max(0, a b + bias) is row r of c.
  HARTRAIN_RELU_MAXPOOL2,
} hartrain_epilogue;

/// C = A B + bias, where rows of A may overlap: the rows under a sliding kernel.
///
/// A has `blocks` x `rows` rows; row r of block i has `taps` runs of `depth` floats, run t at a + i a_block + r a_row + t a_tap.
/// B is [taps depth, columns] with its bias, packed by `pack`. Row r of block i of C is at c + i c_block + r c_row.
typedef struct {
  const float *a;
  ptrdiff_t a_block, a_row, a_tap;
  ptrdiff_t blocks, rows, taps, depth, columns;
  const float *packed;
  float *c;
  ptrdiff_t c_block, c_row;
  hartrain_epilogue epilogue;
  /// With HARTRAIN_RELU_MAXPOOL2, where not NULL: laid out as C, 1 where the first row gave the maximum, -1 where the second did,
  /// 0 where it is 0.
  float *winner;
} hartrain_product;

/// A share of a result's columns: the panels of part `part` of `parts`. A column's value does not depend on which part it is in.
typedef struct {
  ptrdiff_t part, parts;
} hartrain_share;

/// Where the threads that share a call wait for each other; zeros when nobody waits.
typedef struct {
  ptrdiff_t arrived;
  ptrdiff_t passed;
} hartrain_meeting;

/// C += A' B, a sum over all rows of A and B: the gradient of the weights of a product.
///
/// A as in `hartrain_product`. Row r of block i of B is at b + i b_block + r b_row and can be read up to its padded extent.
/// C is [taps depth, columns], rows c_row apart.
typedef struct {
  const float *a;
  ptrdiff_t a_block, a_row, a_tap;
  ptrdiff_t blocks, rows, taps, depth, columns;
  const float *b;
  ptrdiff_t b_block, b_row;
  float *c;
  ptrdiff_t c_row;
} hartrain_outer_product;

/// The gradient of HARTRAIN_RELU_MAXPOOL2.
///
/// dy and winner are [blocks, rows, columns] without gaps. Rows 2 r and 2 r + 1 of block i of dx, at dx + i dx_block + 2 r dx_row,
/// are written up to their padded extent. The sums of the columns are added to `sums` where it is not NULL.
typedef struct {
  const float *dy, *winner;
  ptrdiff_t blocks, rows, columns;
  float *dx;
  ptrdiff_t dx_block, dx_row;
  float *sums;
} hartrain_unpooling;

/// What a convolution of two taps multiplies: x1, x0 - x1 and x2 - x1 of each pair of rows x0, x1 and the row x2 that follows.
///
/// x is [blocks, rows, columns] without gaps, zeros follow each block, rows is even. Pairs are [blocks, rows / 2, 3, padded columns];
/// what stands in them beyond `columns` does not matter.
typedef struct {
  const float *x;
  ptrdiff_t blocks, rows, columns;
  float *pairs;
} hartrain_winograd_pairs;

/// A convolution of two taps over pairs of rows.
///
/// The three parts of pair r of block i are at pairs + i pair_block + r pair_row + part pair_part, `depth` floats each. Weights
/// [2, depth, columns] with their bias were packed by `winograd_pack`. C is [blocks, 2 pair_rows, columns], or with
/// HARTRAIN_RELU_MAXPOOL2 [blocks, pair_rows, columns], rows c_row apart; winner as in `hartrain_product`.
typedef struct {
  const float *pairs;
  ptrdiff_t pair_block, pair_row, pair_part;
  ptrdiff_t blocks, pair_rows, depth, columns;
  const float *packed;
  float *c;
  ptrdiff_t c_row;
  hartrain_epilogue epilogue;
  float *winner;
} hartrain_winograd_product;

/// What the gradients of such a convolution multiply, from that of its output, without or with HARTRAIN_RELU_MAXPOOL2: with d0 and d1
/// for the rows of a pair, and d1' of the pair before it, d1, d0 + d1, d0, d1' - d0, d1 - d0.
///
/// dy is [blocks, 2 pair_rows, columns], or where winner is not NULL dy and winner are [blocks, pair_rows, columns], without gaps.
/// Pairs are [blocks, pair_rows, 5, padded columns]; what stands in them beyond `columns` does not matter. The sums of the columns of
/// the gradient are added to `sums` where it is not NULL.
typedef struct {
  const float *dy, *winner;
  ptrdiff_t blocks, pair_rows, columns;
  float *pairs;
  float *sums;
} hartrain_winograd_gradients;

/// The gradient of the weights of a convolution of two taps, [2, depth, columns] without gaps, added to c: with the parts of the inputs'
/// pairs and those of the gradients' pairs,
///
///   c0 += x1' (d0 + d1) + (x0 - x1)' d0,   c1 += x1' (d0 + d1) + (x2 - x1)' d1.
///
/// Gradients can be read up to their padded extent.
typedef struct {
  const float *pairs;
  ptrdiff_t pair_block, pair_row, pair_part;
  const float *gradients;
  ptrdiff_t gradient_block, gradient_row, gradient_part;
  ptrdiff_t blocks, pair_rows, depth, columns;
  float *c;
} hartrain_winograd_outer_product;

/// One LSTM layer over a whole sequence; gate order i, f, g, o.
///
/// `padded` is `units` rounded up. x of step t, row r is at x + t x_step + r x_row. `packed` is [inputs + units, 4 units] with its
/// bias, packed by `pack_gates`. hidden is [steps, rows, padded].
/// In training gates [steps, rows, 4, padded] receives the activated gates and cell is [steps, rows, padded]; in inference gates
/// is NULL and cell [rows, padded]. scratch is HARTRAIN_LSTM_STEPS x 4 x padded floats, with more than HARTRAIN_LSTM_LARGE packed
/// weights as many for each row. What stands in results beyond `units` does not matter.
typedef struct {
  const float *x;
  ptrdiff_t x_step, x_row;
  ptrdiff_t steps, rows, inputs, units, padded;
  const float *packed;
  float *gates, *cell, *hidden, *scratch;
} hartrain_lstm_forward;

/// The gradient through one LSTM layer.
///
/// `packed` is the transposed recurrent weight [4 units, units], packed by `pack`; gates and cell are those of the forward call.
/// d_hidden [steps, rows, padded] is the gradient of each step's output, or where it is NULL that of the last step's alone is d_last
/// [rows, padded]. d_gates receives the gradients of the pre-activations [steps, rows, 4, units], rows gate_row apart, which leaves
/// room behind the last gate for as many floats as padded has more than units. d_cell [rows, padded] is scratch.
typedef struct {
  ptrdiff_t steps, rows, units, padded, gate_row;
  const float *packed;
  const float *d_hidden, *d_last;
  const float *gates, *cell;
  float *d_gates, *d_cell;
} hartrain_lstm_backward;

/// One step of Adam over a run of weights: w = shrink w - step_size m / (sqrt(v) / root_correction + epsilon).
typedef struct {
  float *weights, *first, *second;
  const float *gradient;
  ptrdiff_t count;
  float beta1, beta2, shrink, step_size, root_correction, epsilon;
} hartrain_adam;

/// The kernels of one instruction set.
typedef struct {
  /// "baseline", "avx2", "avx512" or "neon".
  const char *name;
  /// Whether this CPU has the instructions.
  bool (*available)(void);
  /// Packs weights to (taps depth + 1) x padded columns floats.
  void (*pack)(const hartrain_packing *, float *packed);
  /// Packs the weights of an LSTM layer, w_input [inputs, 4 units], w_hidden [units, 4 units] and bias [4 units] or NULL, to
  /// (inputs + units + 1) x 4 x padded units floats.
  void (*pack_gates)(
      const float *w_input, const float *w_hidden, const float *bias, ptrdiff_t inputs, ptrdiff_t units, float *packed);
  void (*product)(const hartrain_product *, hartrain_share);
  /// The same with B as it stands in memory, brought into panels a block at a time: for weights that have changed when they are
  /// multiplied the next time. `packed` is NULL, A has one block of one tap, and nothing follows the product.
  void (*weight_product)(const hartrain_product *, const hartrain_packing *, hartrain_share);
  void (*outer_product)(const hartrain_outer_product *, hartrain_share);
  void (*unpool)(const hartrain_unpooling *);
  /// Packs weights of two taps to (3 depth + 1) x padded columns floats.
  void (*winograd_pack)(const hartrain_packing *, float *packed);
  void (*winograd_pairs)(const hartrain_winograd_pairs *);
  void (*winograd_product)(const hartrain_winograd_product *, hartrain_share);
  void (*winograd_gradients)(const hartrain_winograd_gradients *);
  void (*winograd_outer_product)(const hartrain_winograd_outer_product *, hartrain_share);
  /// A share of the units. Its parts run at the same time, each on a thread of its own, and meet after every step; where there is one
  /// part, the meeting may be NULL.
  void (*lstm_forward)(const hartrain_lstm_forward *, hartrain_share, hartrain_meeting *);
  void (*lstm_backward)(const hartrain_lstm_backward *);
  void (*adam)(const hartrain_adam *);
  /// mask = 0 with probability rate, else 1 / (1 - rate): floats 2 i and 2 i + 1 follow from the low and the high half of the word
  /// that SplitMix64 gives for key and counter + i.
  void (*dropout_mask)(uint64_t key, uint64_t counter, float rate, float *mask, ptrdiff_t count);
  /// sums += the sums of the columns of x [rows, columns], rows `row` floats apart.
  void (*column_sums)(const float *x, ptrdiff_t rows, ptrdiff_t row, ptrdiff_t columns, float *sums);
  /// x = (x - mean) inverse, where mean and inverse are repeated every `period` floats; count is a multiple of it.
  void (*standardize)(float *x, const float *mean, const float *inverse, ptrdiff_t period, ptrdiff_t count);
  /// y = 1 / (1 + e^-x), y = tanh x.
  void (*sigmoid)(const float *x, float *y, ptrdiff_t count);
  void (*hyperbolic_tangent)(const float *x, float *y, ptrdiff_t count);
} hartrain_kernels;

/// The kernels compiled into this program, the best last; NULL past the end.
const hartrain_kernels *hartrain_kernel_set(int32_t index);

#endif
