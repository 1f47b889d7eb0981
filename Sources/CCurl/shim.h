#pragma once
// The typed checks of curl's header are macros that only get in the way of the shims below.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

// curl_easy_setopt and curl_easy_getinfo are variadic, which Swift cannot call: one shim for each type of value.
static inline CURLcode lt_curl_set_long(CURL *handle, CURLoption option, long value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode lt_curl_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode lt_curl_set_string(CURL *handle, CURLoption option, const char *value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode lt_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
  return curl_easy_setopt(handle, option, value);
}
static inline CURLcode lt_curl_set_list(CURL *handle, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(handle, option, value);
}
// Read, write and header callbacks have one shape.
typedef size_t (*lt_curl_transfer)(char *bytes, size_t size, size_t count, void *context);
static inline CURLcode lt_curl_set_transfer(CURL *handle, CURLoption option, lt_curl_transfer function) {
  return curl_easy_setopt(handle, option, function);
}
typedef int (*lt_curl_seek)(void *context, curl_off_t offset, int origin);
static inline CURLcode lt_curl_set_seek(CURL *handle, lt_curl_seek function) {
  return curl_easy_setopt(handle, CURLOPT_SEEKFUNCTION, function);
}
typedef int (*lt_curl_progress)(void *context, curl_off_t to_get, curl_off_t got, curl_off_t to_put, curl_off_t put);
static inline CURLcode lt_curl_set_progress(CURL *handle, lt_curl_progress function) {
  return curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, function);
}
typedef curl_socket_t (*lt_curl_open_socket)(void *context, curlsocktype purpose, struct curl_sockaddr *address);
static inline CURLcode lt_curl_set_open_socket(CURL *handle, lt_curl_open_socket function) {
  return curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, function);
}
// CURL_SOCKET_BAD is a macro.
static inline curl_socket_t lt_curl_no_socket(void) { return CURL_SOCKET_BAD; }
static inline CURLcode lt_curl_get_long(CURL *handle, CURLINFO info, long *value) {
  return curl_easy_getinfo(handle, info, value);
}
static inline CURLcode lt_curl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
  return curl_easy_getinfo(handle, info, value);
}
// CURL_GLOBAL_DEFAULT and the callback results are macros with casts.
static inline long lt_curl_global_flags(void) { return CURL_GLOBAL_DEFAULT; }
static inline size_t lt_curl_read_abort(void) { return CURL_READFUNC_ABORT; }
