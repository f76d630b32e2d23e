/// Counts allocations while it is told to: malloc and its kin, replaced in the executable that links this target.
///
/// For glibc, whose own functions stay reachable as __libc_malloc and so on. While nothing is counted, an allocation costs two reads
/// more than without it.
#pragma once

#include <stdbool.h>

/// Begins or ends counting the calling thread's allocations.
void malloc_count_watch_this_thread(bool watched);

/// Begins or ends counting the allocations of all threads.
void malloc_count_watch_every_thread(bool watched);

/// The allocations that were counted since the process began.
long malloc_count(void);
