// Threads that share a call wait here for each other where one needs what another has written.

#include <sched.h>

/// How often a thread looks before it lets others have its core: the others are under way, unless they have no core.
#define MEETING_LOOKS 1024

INLINE void rest(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#else
  __asm__ volatile("yield");
#endif
}

/// Returns when all parts have come, and sees what they have written before.
static void meet(hartrain_meeting *meeting, ptrdiff_t parts) {
  if (parts == 1) return;
  const ptrdiff_t passed = __atomic_load_n(&meeting->passed, __ATOMIC_RELAXED);
  if (__atomic_add_fetch(&meeting->arrived, 1, __ATOMIC_ACQ_REL) == parts) {
    __atomic_store_n(&meeting->arrived, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&meeting->passed, passed + 1, __ATOMIC_RELEASE);
    return;
  }
  for (int looks = 0; __atomic_load_n(&meeting->passed, __ATOMIC_ACQUIRE) == passed; looks++) {
    if (looks < MEETING_LOOKS) {
      rest();
    } else {
      sched_yield();
    }
  }
}
