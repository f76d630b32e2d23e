#include "CCurl.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Before 7.88 the signer leaves the x-amz- headers out of the signature.
enum { oldest_version = 0x075800 };

static struct {
    char problem[256];
    CURLcode (*global_init)(long);
    curl_version_info_data *(*version_info)(CURLversion);
    CURL *(*init)(void);
    CURLcode (*setopt)(CURL *, CURLoption, ...);
    CURLcode (*perform)(CURL *);
    void (*cleanup)(CURL *);
    const char *(*error)(CURLcode);
    struct curl_slist *(*append)(struct curl_slist *, const char *);
    void (*free_all)(struct curl_slist *);
    time_t (*getdate)(const char *, const time_t *);
} lib;

static void load(void) {
    void *handle = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        snprintf(lib.problem, sizeof lib.problem, "libcurl.so.4 cannot be loaded (apt install libcurl4): %.160s", dlerror());
        return;
    }
    const struct { void *function; const char *name; } symbols[] = {
        {&lib.global_init, "curl_global_init"}, {&lib.version_info, "curl_version_info"}, {&lib.init, "curl_easy_init"},
        {&lib.setopt, "curl_easy_setopt"},      {&lib.perform, "curl_easy_perform"},      {&lib.cleanup, "curl_easy_cleanup"},
        {&lib.error, "curl_easy_strerror"},     {&lib.append, "curl_slist_append"},       {&lib.free_all, "curl_slist_free_all"},
        {&lib.getdate, "curl_getdate"},
    };
    for (size_t i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        void *address = dlsym(handle, symbols[i].name);
        if (!address) {
            snprintf(lib.problem, sizeof lib.problem, "libcurl.so.4 has no %s", symbols[i].name);
            return;
        }
        // POSIX lets a data pointer hold a function; a copy says so without a cast that C forbids.
        memcpy(symbols[i].function, &address, sizeof address);
    }
    curl_version_info_data *version = lib.version_info(CURLVERSION_NOW);
    if (version->version_num < oldest_version) {
        snprintf(lib.problem, sizeof lib.problem, "libcurl %s is too old: 7.88 or later is needed", version->version);
    } else if (lib.global_init(CURL_GLOBAL_ALL) != CURLE_OK) {
        snprintf(lib.problem, sizeof lib.problem, "libcurl cannot be set up");
    }
}

struct hartrain_http {
    CURL *handle;
    struct curl_slist *headers;
    /// The first option that was refused ends the request: without its signature or its time limit it is not the one asked for.
    CURLcode code;
    hartrain_http_receiver receive_header;
    hartrain_http_receiver receive_body;
    hartrain_http_question is_unwanted;
    void *context;
};

#define SET(request, option, value)                                                                              \
    do {                                                                                                         \
        if ((request)->code == CURLE_OK) (request)->code = lib.setopt((request)->handle, option, value);         \
    } while (0)

static bool is_loaded(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return !lib.problem[0];
}

const char *hartrain_http_problem(void) { return lib.problem; }

hartrain_http *hartrain_http_new(const char *method, const char *url) {
    if (!is_loaded()) return NULL;
    hartrain_http *request = calloc(1, sizeof *request);
    if (!request || !(request->handle = lib.init())) {
        free(request);
        return NULL;
    }
    SET(request, CURLOPT_NOSIGNAL, 1L);
    SET(request, CURLOPT_PROTOCOLS_STR, "http,https");
    SET(request, CURLOPT_URL, url);
    // Without CURLOPT_PATH_AS_IS: newer versions (8.14 is one) sign no request that has it. Paths have no "." or ".." that it would keep.
    SET(request, CURLOPT_USERAGENT, "hartrain");
    SET(request, CURLOPT_CUSTOMREQUEST, method);
    return request;
}

void hartrain_http_add_header(hartrain_http *request, const char *line) {
    struct curl_slist *longer = lib.append(request->headers, line);
    if (longer) request->headers = longer;
    else request->code = CURLE_OUT_OF_MEMORY;
}

void hartrain_http_sign(hartrain_http *request, const char *signature, const char *access_key, const char *secret_key) {
    SET(request, CURLOPT_AWS_SIGV4, signature);
    SET(request, CURLOPT_USERNAME, access_key);
    SET(request, CURLOPT_PASSWORD, secret_key);
}

void hartrain_http_bypass_proxy(hartrain_http *request) { SET(request, CURLOPT_NOPROXY, "*"); }

void hartrain_http_trust(hartrain_http *request, const char *file) { SET(request, CURLOPT_CAINFO, file); }

void hartrain_http_limit(hartrain_http *request, long connect_milliseconds, long stall_seconds, long total_milliseconds) {
    SET(request, CURLOPT_CONNECTTIMEOUT_MS, connect_milliseconds);
    SET(request, CURLOPT_LOW_SPEED_LIMIT, 1L);
    SET(request, CURLOPT_LOW_SPEED_TIME, stall_seconds);
    SET(request, CURLOPT_TIMEOUT_MS, total_milliseconds);
}

static size_t header_arrived(char *bytes, size_t size, size_t count, void *context) {
    hartrain_http *request = context;
    return request->receive_header(request->context, (const uint8_t *)bytes, size * count) ? size * count : 0;
}

static size_t body_arrived(char *bytes, size_t size, size_t count, void *context) {
    hartrain_http *request = context;
    return request->receive_body(request->context, (const uint8_t *)bytes, size * count) ? size * count : 0;
}

static int progress_made(void *context, curl_off_t down_total, curl_off_t down, curl_off_t up_total, curl_off_t up) {
    (void)down_total, (void)down, (void)up_total, (void)up;
    hartrain_http *request = context;
    return request->is_unwanted(request->context);
}

static hartrain_http_outcome outcome_of(CURLcode code) {
    switch (code) {
    case CURLE_OK: return hartrain_http_ok;
    case CURLE_OPERATION_TIMEDOUT: return hartrain_http_timeout;
    case CURLE_WRITE_ERROR: return hartrain_http_stopped;
    case CURLE_ABORTED_BY_CALLBACK: return hartrain_http_interrupted;
    // libcurl 7.88 says so of a header line of more than 100 KiB, later ones CURLE_TOO_LARGE, which its header does not have yet.
    case CURLE_OUT_OF_MEMORY:
    case (CURLcode)100: return hartrain_http_header_too_long;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_PARTIAL_FILE:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM: return hartrain_http_broken;
    default: return hartrain_http_refused;
    }
}

hartrain_http_outcome hartrain_http_perform(
    hartrain_http *request, bool has_body, const uint8_t *body, size_t count, hartrain_http_receiver receive_header,
    hartrain_http_receiver receive_body, hartrain_http_question is_unwanted, void *context) {
    request->receive_header = receive_header;
    request->receive_body = receive_body;
    request->is_unwanted = is_unwanted;
    request->context = context;
    if (has_body) {
        SET(request, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)count);
        SET(request, CURLOPT_POSTFIELDS, body ? (const char *)body : "");
    }
    SET(request, CURLOPT_HTTPHEADER, request->headers);
    SET(request, CURLOPT_HEADERFUNCTION, header_arrived);
    SET(request, CURLOPT_HEADERDATA, (void *)request);
    SET(request, CURLOPT_WRITEFUNCTION, body_arrived);
    SET(request, CURLOPT_WRITEDATA, (void *)request);
    SET(request, CURLOPT_XFERINFOFUNCTION, progress_made);
    SET(request, CURLOPT_XFERINFODATA, (void *)request);
    SET(request, CURLOPT_NOPROGRESS, 0L);
    if (request->code != CURLE_OK) return hartrain_http_refused;
    request->code = lib.perform(request->handle);
    return outcome_of(request->code);
}

const char *hartrain_http_message(const hartrain_http *request) { return lib.error(request->code); }

int64_t hartrain_http_date(const char *text) { return is_loaded() ? lib.getdate(text, NULL) : -1; }

void hartrain_http_free(hartrain_http *request) {
    lib.free_all(request->headers);
    lib.cleanup(request->handle);
    free(request);
}
