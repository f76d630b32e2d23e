#include "CBLAS.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

// As cblas.h has them. The integers of libopenblas.so.0 have 32 bits; a build with 64 has another name.
enum { row_major = 101, no_transpose = 111, transpose = 112 };
typedef int32_t blasint;

static struct {
    char problem[256];
    void (*sgemm)(int, int, int, blasint, blasint, blasint, float, const float *, blasint, const float *, blasint, float, float *, blasint);
    void (*set_num_threads)(int);
    void *(*memory_alloc)(int);
    void (*memory_free)(void *);
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
        {&lib.memory_alloc, "blas_memory_alloc"},
        {&lib.memory_free, "blas_memory_free"},
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

// Each product under way works in a buffer that OpenBLAS maps when all it has are taken, and keeps. Where the system refuses one,
// OpenBLAS asks again, for ever, and no signal ends that. So the system is asked here, where no is an answer, and OpenBLAS maps its
// buffers while no product is under way: their number is then known, and no more products begin than there are buffers.
enum {
    /// OpenBLAS's BUFFER_SIZE where it has kernels for several processors, and room to align it.
    buffer_size = (128 << 20) + (64 << 10),
    /// What the usual builds can have: two for each of 128 cores.
    most_buffers = 256,
};

static struct {
    pthread_mutex_t mutex;
    /// Told when a product ends and when there are more buffers.
    pthread_cond_t changed;
    int buffers, running;
    /// The most buffers that there can be, as far as is known: fewer once the system has refused one.
    int limit;
    /// Whether a product waits for a buffer to be made: then none begins, so that those under way come to an end.
    bool grows;
} products = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER, .limit = most_buffers};

/// Makes OpenBLAS map one more buffer than it has, while no product is under way. Returns whether it has.
static bool add_buffer(void) {
    void *probe = mmap(NULL, buffer_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (probe == MAP_FAILED) return false;
    munmap(probe, buffer_size);
    void *taken[most_buffers];
    int wanted = products.buffers + 1, count = 0;
    while (count < wanted && (taken[count] = lib.memory_alloc(0))) count++;
    for (int i = 0; i < count; i++) lib.memory_free(taken[i]);
    if (count == wanted) products.buffers = wanted;
    return count == wanted;
}

bool hartrain_blas_reserve(int count) {
    pthread_mutex_lock(&products.mutex);
    while (products.buffers < count && count <= most_buffers) {
        products.grows = true;
        if (products.running > 0) {
            pthread_cond_wait(&products.changed, &products.mutex);
        } else if (!add_buffer()) {
            break;
        }
    }
    bool has = products.buffers >= count;
    products.grows = false;
    pthread_cond_broadcast(&products.changed);
    pthread_mutex_unlock(&products.mutex);
    return has;
}

/// Begins a product, which end_product ends. Where another buffer is refused, it waits for one; returns false where there is none at all.
static bool begin_product(void) {
    pthread_mutex_lock(&products.mutex);
    while (products.grows || products.running == products.buffers) {
        if (products.buffers < products.limit) products.grows = true;
        if (products.running > 0) {
            pthread_cond_wait(&products.changed, &products.mutex);
            continue;
        }
        bool is_more = add_buffer();
        if (!is_more && products.buffers == 0) break;
        if (!is_more) products.limit = products.buffers;
        products.grows = false;
        pthread_cond_broadcast(&products.changed);
    }
    bool begins = products.running < products.buffers;
    products.running += begins;
    if (!begins) products.grows = false;
    pthread_mutex_unlock(&products.mutex);
    return begins;
}

static void end_product(void) {
    pthread_mutex_lock(&products.mutex);
    products.running--;
    pthread_cond_broadcast(&products.changed);
    pthread_mutex_unlock(&products.mutex);
}

bool hartrain_blas_sgemm(
    bool transposes_a, bool transposes_b, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, const float *a, ptrdiff_t lda, const float *b,
    ptrdiff_t ldb, bool accumulates, float *c, ptrdiff_t ldc) {
    if (!begin_product()) return false;
    lib.sgemm(
        row_major, transposes_a ? transpose : no_transpose, transposes_b ? transpose : no_transpose, (blasint)m, (blasint)n,
        (blasint)k, 1, a, (blasint)lda, b, (blasint)ldb, accumulates ? 1 : 0, c, (blasint)ldc);
    end_product();
    return true;
}
