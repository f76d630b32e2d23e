#include "CBLAS.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// As cblas.h has them. The integers of libopenblas.so.0 have 32 bits; a build with 64 has another name.
enum { row_major = 101, no_transpose = 111, transpose = 112 };
typedef int32_t blasint;

static struct {
    char problem[256];
    void (*sgemm)(int, int, int, blasint, blasint, blasint, float, const float *, blasint, const float *, blasint, float, float *, blasint);
    void (*set_num_threads)(int);
    char *(*get_config)(void);
    char *(*get_corename)(void);
} lib;

/// Whether `lib` is whole: for those who ask without loading, from any thread.
static atomic_bool is_loaded;

/// Opens the library with no threads of its own: they would be started at once, spin, and at exit be waited for, for ever where
/// one of them could not get its memory.
static void *open_library(void) {
    static const char variable[] = "OPENBLAS_NUM_THREADS";
    const char *set = getenv(variable);
    char *own = set ? strdup(set) : NULL;
    setenv(variable, "1", 1);
    void *handle = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
    // Programs that are started later have the variable as it was.
    if (own) {
        setenv(variable, own, 1);
        free(own);
    } else {
        unsetenv(variable);
    }
    return handle;
}

static void load(void) {
    void *handle = open_library();
    if (!handle) {
        snprintf(lib.problem, sizeof lib.problem, "OpenBLAS cannot be loaded (apt install libopenblas0): %.160s", dlerror());
        return;
    }
    const struct { void *function; const char *name; } symbols[] = {
        {&lib.sgemm, "cblas_sgemm"},
        {&lib.set_num_threads, "openblas_set_num_threads"},
        {&lib.get_config, "openblas_get_config"},
        {&lib.get_corename, "openblas_get_corename"},
    };
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        void *address = dlsym(handle, symbols[i].name);
        if (!address) {
            snprintf(
                lib.problem, sizeof lib.problem, "libopenblas.so.0 has no %s (apt install libopenblas0)", symbols[i].name);
            return;
        }
        // POSIX lets a data pointer hold a function; a copy says so without a cast that C forbids.
        memcpy(symbols[i].function, &address, sizeof address);
    }
    // Parallelism is over the rows of a batch; with threads of its own the order of a sum would depend on their number.
    lib.set_num_threads(1);
    atomic_store(&is_loaded, true);
}

bool hartrain_blas_load(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return !lib.problem[0];
}

const char *hartrain_blas_problem(void) { return lib.problem; }

const char *hartrain_blas_configuration(void) { return atomic_load(&is_loaded) ? lib.get_config() : NULL; }

const char *hartrain_blas_core(void) { return atomic_load(&is_loaded) ? lib.get_corename() : NULL; }

void hartrain_blas_sgemm(
    bool transposes_a, bool transposes_b, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const float *a, ptrdiff_t lda, const float *b,
    ptrdiff_t ldb, bool accumulates, float *c, ptrdiff_t ldc) {
    lib.sgemm(
        row_major, transposes_a ? transpose : no_transpose, transposes_b ? transpose : no_transpose, (blasint)m, (blasint)n,
        (blasint)k, 1, a, (blasint)lda, b, (blasint)ldb, accumulates ? 1 : 0, c, (blasint)ldc);
}
