// All loops for the instruction set that the including file names: SET, SET_NAME, LANES (floats of a vector), HALF_VECTORS (whether half
// a vector is multiplied in half the time), and as many as its registers hold: TILE_ROWS (rows of a product's tile, an even number),
// GATE_ROWS (rows of an LSTM's tile), ROW_VECTORS (vectors of units of a single row, 1 or 2).

#include "Vector.h"
#include "Denormals.h"
#include "Tile.h"
#include "Pack.h"
#include "Product.h"
#include "WeightProduct.h"
#include "OuterProduct.h"
#include "Winograd.h"
#include "Unpooling.h"
#include "Transcendental.h"
#include "Meeting.h"
#include "LSTM.h"
#include "Adam.h"
#include "Dropout.h"
#include "ColumnSums.h"
#include "Standardize.h"

const hartrain_kernels SET = {
    .name = SET_NAME,
    .available = available,
    .pack = pack,
    .pack_gates = pack_gates,
    .product = product,
    .weight_product = weight_product,
    .outer_product = outer_product,
    .winograd_pack = winograd_pack,
    .winograd_pairs = winograd_pairs,
    .winograd_product = winograd_product,
    .winograd_gradients = winograd_gradients,
    .winograd_outer_product = winograd_outer_product,
    .unpool = unpool,
    .lstm_forward = lstm_forward,
    .lstm_backward = lstm_backward,
    .adam = adam,
    .dropout_mask = dropout_mask,
    .column_sums = column_sums,
    .standardize = standardize,
    .sigmoid = sigmoid,
    .hyperbolic_tangent = hyperbolic_tangent,
};
