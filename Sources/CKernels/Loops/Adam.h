// Adam over a run of weights.

static void adam(const hartrain_adam *p) {
  const FloatingPointControl before = flush_denormals();
  for (ptrdiff_t i = 0; i < p->count; i += LANES) {
    const ptrdiff_t known = p->count - i;
    const Vector gradient = load_first(p->gradient + i, known);
    const Vector first = p->beta1 * load_first(p->first + i, known) + (1.f - p->beta1) * gradient;
    const Vector second = p->beta2 * load_first(p->second + i, known) + (1.f - p->beta2) * gradient * gradient;
    const Vector weights = load_first(p->weights + i, known) * p->shrink;
    const Vector size = __builtin_elementwise_sqrt(second) / p->root_correction + p->epsilon;
    store_first(p->first + i, first, known);
    store_first(p->second + i, second, known);
    store_first(p->weights + i, weights - p->step_size * first / size, known);
  }
  restore(before);
}
