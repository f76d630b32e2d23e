// e^x, 1 / (1 + e^-x) and tanh x by plain arithmetic (Cephes' polynomials): the same as `fastExp` in Kernels/Transcendental.swift, a
// vector at a time. Errors are stated at `sigmoidForward` and `tanhForward`.

INLINE Vector exponential_of(Vector x) {
  // Comparisons in this order let a NaN through: it must reach the loss.
  x = choose(x > 88.3f, splat(88.3f), x);
  x = choose(x < -87.3f, splat(-87.3f), x);
  // Adding 1.5 * 2^23 rounds to a whole number and leaves it in the low bits of the sum.
  const Vector shifted = x * 1.44269504f + 12582912.f;
  const Vector n = shifted - 12582912.f;
  const Vector r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
  // Estrin's scheme: the terms side by side, because an LSTM waits for each of its exponentials.
  const Vector square = r * r;
  const Vector low = 0.5f + 1.66666655e-1f * r;
  const Vector middle = 4.16657960e-2f + 8.33345190e-3f * r;
  const Vector high = 1.39819995e-3f + 1.98756915e-4f * r;
  const Vector series = (low + square * (middle + square * high)) * square + r + 1.f;
  return series * (Vector)(((Mask)shifted + 127) << 23);
}

INLINE Vector sigmoid_of(Vector x) { return 1.f / (1.f + exponential_of(-x)); }

INLINE Vector tanh_of(Vector x) {
  const Vector square = x * x;
  Vector p = splat(-5.70498872745e-3f);
  p = p * square + 2.06390887954e-2f;
  p = p * square - 5.37397155531e-2f;
  p = p * square + 1.33314422036e-1f;
  p = p * square - 3.33332819422e-1f;
  const Vector near = p * square * x + x;
  // Of |x|, where no bits cancel; the sign comes back after.
  const Mask sign = (Mask)x & INT32_MIN;
  const Vector size = (Vector)((Mask)x & INT32_MAX);
  const Vector far = (Vector)((Mask)(1.f - 2.f / (exponential_of(2.f * size) + 1.f)) | sign);
  // A NaN takes the branch that keeps it.
  return choose(square >= 0.390625f, far, near);
}

#define ELEMENTWISE(name, function)                                                                       \
  static void name(const float *x, float *y, ptrdiff_t count) {                                           \
    for (ptrdiff_t i = 0; i < count; i += LANES)                                                          \
      store_first(y + i, function(load_first(x + i, count - i)), count - i);                              \
  }

ELEMENTWISE(sigmoid, sigmoid_of)
ELEMENTWISE(hyperbolic_tangent, tanh_of)

#undef ELEMENTWISE
