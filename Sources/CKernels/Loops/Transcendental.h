// 1 / (1 + e^-x) and tanh x by plain arithmetic, a vector at a time. Errors are stated at `sigmoidForward` and `tanhForward`.

/// e^x = power (1 + rest), with x = n ln 2 + r, |r| <= ln 2 / 2: power is 2^n and rest e^r - 1, which holds its digits near 0.
INLINE void exponential(Vector x, Vector *power, Vector *rest) {
  // Comparisons in this order let a NaN through: it must reach the loss.
  x = choose(x > 88.3f, splat(88.3f), x);
  x = choose(x < -87.3f, splat(-87.3f), x);
  // Adding 1.5 * 2^23 rounds to a whole number and leaves it in the low bits of the sum.
  const Vector shifted = x * 1.44269504f + 12582912.f;
  const Vector n = shifted - 12582912.f;
  const Vector r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
  // r + r^2 q(r), the largest relative error of whose q, of degree 4, is least. Two halves side by side (Estrin's scheme), because an
  // LSTM waits for each of its exponentials.
  const Vector square = r * r;
  const Vector low = 0.49999998150f + 0.16666543424f * r;
  const Vector high = 4.1667200716e-2f + 8.3665471446e-3f * r + square * 1.3882516198e-3f;
  *rest = square * (low + square * high) + r;
  *power = (Vector)(((Mask)shifted + 127) << 23);
}

INLINE Vector sigmoid_of(Vector x) {
  Vector power, rest;
  exponential(-x, &power, &rest);
  return 1.f / (power * rest + (power + 1.f));
}

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
  Vector power, rest;
  exponential(size + size, &power, &rest);
  const Vector far = (Vector)((Mask)(1.f - 2.f / (power * rest + (power + 1.f))) | sign);
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
