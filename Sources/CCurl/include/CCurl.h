// One HTTP request over the system's libcurl, which is loaded when the first one is made.
//
// libcurl is not linked: with the twenty libraries that it needs it would add a third to the time in which the program starts, and
// a machine that only trains would need it. Its header comes from libcurl4-openssl-dev, at run time libcurl.so.4 is enough.
#ifndef CCURL_H
#define CCURL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Why no answer came.
typedef enum {
    hartrain_http_ok,
    /// The request cannot work here, whenever it is made: no libcurl, a wrong URL or certificate, no HTTP at the other end.
    hartrain_http_refused,
    /// The server cannot be reached, or the transfer broke off: may work another time.
    hartrain_http_broken,
    /// The time is up.
    hartrain_http_timeout,
    /// A receiver has ended the request.
    hartrain_http_stopped,
    /// The caller does not want the answer any more.
    hartrain_http_interrupted,
    /// A line of the answer's header is longer than libcurl takes.
    hartrain_http_header_too_long,
} hartrain_http_outcome;

/// Receives a line of the answer's header, or a piece of its body; returns false to end the request.
typedef bool (*hartrain_http_receiver)(void *_Nonnull context, const uint8_t *_Nonnull bytes, size_t count);

/// Whether the caller does not want the answer any more; asked again and again, at the latest after a second.
typedef bool (*hartrain_http_question)(void *_Nonnull context);

/// A request that is being put together. All texts end with a zero byte and are copied.
typedef struct hartrain_http hartrain_http;

/// Begins a request; NULL where libcurl cannot be used, see hartrain_http_problem.
hartrain_http *_Nullable hartrain_http_new(const char *_Nonnull method, const char *_Nonnull url);

/// Why libcurl cannot be used.
const char *_Nonnull hartrain_http_problem(void);

/// Adds a header line, "Name: value".
void hartrain_http_add_header(hartrain_http *_Nonnull request, const char *_Nonnull line);

/// Has the request signed: `signature` is libcurl's CURLOPT_AWS_SIGV4, "aws:amz:eu-west-1:s3".
void hartrain_http_sign(
    hartrain_http *_Nonnull request, const char *_Nonnull signature, const char *_Nonnull access_key,
    const char *_Nonnull secret_key);

/// Has the request go to its host itself, whatever proxy the environment names.
void hartrain_http_bypass_proxy(hartrain_http *_Nonnull request);

/// Trusts the certificates of a file in place of the system's.
void hartrain_http_trust(hartrain_http *_Nonnull request, const char *_Nonnull file);

/// Limits the time to connect, the time in which no byte moves, and the time in all.
void hartrain_http_limit(
    hartrain_http *_Nonnull request, long connect_milliseconds, long stall_seconds, long total_milliseconds);

/// Sends the request and waits for its end.
/// - has_body: whether there is one, of no bytes where `count` is 0: S3 wants its length all the same.
hartrain_http_outcome hartrain_http_perform(
    hartrain_http *_Nonnull request, bool has_body, const uint8_t *_Nullable body, size_t count,
    hartrain_http_receiver _Nonnull receive_header, hartrain_http_receiver _Nonnull receive_body,
    hartrain_http_question _Nonnull is_unwanted, void *_Nonnull context);

/// What went wrong, when the outcome was not ok: a general text, without anything of the request.
const char *_Nonnull hartrain_http_message(const hartrain_http *_Nonnull request);

/// The date of a header in seconds since 1970, or -1 where the text is none.
int64_t hartrain_http_date(const char *_Nonnull text);

void hartrain_http_free(hartrain_http *_Nonnull request);

#endif
