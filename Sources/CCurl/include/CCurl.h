#ifndef ROUTEBOOK_CCURL_H
#define ROUTEBOOK_CCURL_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* libcurl brings some thirty libraries with it, which take milliseconds to load. It is loaded when it is asked for, not
   as the program starts. Returns NULL once it is there, a sentence that says why not where it cannot be had, and may be
   called by any thread. Nothing else here may be called before. */
const char *_Nullable ccurl_load(void);

/* `CURL *` and `CURLM *` are both `void *`. As these two structures they cannot be mistaken for one another. */
typedef struct { CURL *_Nonnull raw; } ccurl_easy;
typedef struct { CURLM *_Nonnull raw; } ccurl_multi;
/* TLS sessions that several easy handles of one thread know. */
typedef struct { CURLSH *_Nullable raw; } ccurl_sessions;

/* What libcurl calls with a piece of a header or of a body; anything but `size * count` aborts the transfer. */
typedef size_t (*ccurl_data_function)(
    char *_Nullable bytes, size_t size, size_t count, void *_Nullable owner);

/* What libcurl calls once connected, before it sends the request; anything but CURL_PREREQFUNC_OK aborts. */
typedef int (*ccurl_connected_function)(
    void *_Nullable owner, char *_Nullable remote, char *_Nullable local, int remote_port, int local_port);

/* libcurl's own functions, by their names. */
CURLcode ccurl_global_init(long flags);
void ccurl_free(void *_Nullable pointer);
struct curl_slist *_Nullable ccurl_slist_append(struct curl_slist *_Nullable list, const char *_Nonnull line);
void ccurl_slist_free_all(struct curl_slist *_Nullable list);
CURLU *_Nullable ccurl_url(void);
void ccurl_url_cleanup(CURLU *_Nonnull url);
CURLUcode ccurl_url_get(CURLU *_Nonnull url, CURLUPart part, char *_Nullable *_Nonnull text, unsigned flags);
CURLUcode ccurl_url_set(CURLU *_Nonnull url, CURLUPart part, const char *_Nonnull text, unsigned flags);
const char *_Nonnull ccurl_url_strerror(CURLUcode code);
CURL *_Nullable ccurl_easy_init(void);
void ccurl_easy_cleanup(ccurl_easy easy);
CURLcode ccurl_easy_pause(ccurl_easy easy, int mask);
const char *_Nonnull ccurl_easy_strerror(CURLcode code);
CURLM *_Nullable ccurl_multi_init(void);
void ccurl_multi_cleanup(ccurl_multi multi);
CURLMcode ccurl_multi_add(ccurl_multi multi, ccurl_easy easy);
void ccurl_multi_remove(ccurl_multi multi, ccurl_easy easy);
void ccurl_multi_perform(ccurl_multi multi);
/* Waits until a socket has something to do, the bell rings or the time is over. */
void ccurl_multi_poll(ccurl_multi multi, int bell, int milliseconds);

/* What wakes a thread that polls; unlike curl_multi_wakeup() whoever rings it need not know whether the multi handle is
   there still. -1 where no descriptor is to be had. Any thread may ring it. */
int ccurl_bell_open(void);
void ccurl_bell_close(int bell);
void ccurl_bell_ring(int bell);

/* Without memory for it there is none, and each connection begins a session of its own. It is cleaned up when no easy
   handle that has it is left. */
ccurl_sessions ccurl_sessions_init(void);
void ccurl_sessions_cleanup(ccurl_sessions sessions);
CURLcode ccurl_easy_set_sessions(ccurl_easy easy, ccurl_sessions sessions);

/* curl_easy_setopt, one function for each type of argument that an option may take. */
CURLcode ccurl_easy_set_long(ccurl_easy easy, CURLoption option, long value);
CURLcode ccurl_easy_set_offset(ccurl_easy easy, CURLoption option, int64_t value);
CURLcode ccurl_easy_set_string(ccurl_easy easy, CURLoption option, const char *_Nullable value);
CURLcode ccurl_easy_set_bytes(ccurl_easy easy, CURLoption option, const void *_Nullable value);
CURLcode ccurl_easy_set_list(ccurl_easy easy, CURLoption option, struct curl_slist *_Nullable value);
CURLcode ccurl_easy_set_pointer(ccurl_easy easy, CURLoption option, void *_Nullable value);
CURLcode ccurl_easy_set_error_buffer(ccurl_easy easy, char *_Nullable buffer);
CURLcode ccurl_easy_set_data_function(
    ccurl_easy easy, CURLoption option, ccurl_data_function _Nullable function);
CURLcode ccurl_easy_set_connected_function(ccurl_easy easy, ccurl_connected_function _Nullable function);

/* curl_easy_getinfo. The string belongs to the handle and lives until its next transfer. */
CURLcode ccurl_easy_get_long(ccurl_easy easy, CURLINFO info, long *_Nonnull value);
CURLcode ccurl_easy_get_offset(ccurl_easy easy, CURLINFO info, int64_t *_Nonnull value);
CURLcode ccurl_easy_get_string(ccurl_easy easy, CURLINFO info, const char *_Nullable *_Nonnull value);
CURLcode ccurl_easy_get_pointer(ccurl_easy easy, CURLINFO info, void *_Nullable *_Nonnull value);

/* curl_multi_setopt; every option that is used takes a number. */
CURLMcode ccurl_multi_set_long(ccurl_multi multi, CURLMoption option, long value);

/* curl_multi_info_read, without its union: the next transfer that has ended, and how. False when there is none. */
bool ccurl_multi_next_ended(ccurl_multi multi, ccurl_easy *_Nonnull easy, CURLcode *_Nonnull result);

#endif
