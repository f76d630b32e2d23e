/// Counts the allocations of chosen threads: malloc and its kin, replaced in the executable that links this target.
///
/// For glibc, whose own functions stay reachable as __libc_malloc and so on. What OpenBLAS allocates for itself is not counted: on
/// CPUs with AVX-512, its small products take a buffer for the last columns when they are 1 to 8 beyond a multiple of 16 and the
/// rows longer than 31 (kernel/x86_64/sgemm_small_kernel_nn_skylakex.c), and give it back at once.
#pragma once

#include <stdbool.h>

/// Begins or ends counting the calling thread's allocations.
void malloc_count_watch_this_thread(bool watched);

/// The allocations of watched threads since the process began.
long malloc_count(void);
