/* Its macros that check types would stand in place of the members called as its functions. */
#define CURL_DISABLE_TYPECHECK
#include "CCurl.h"

#include <CLateLibrary.h>
#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define FUNCTIONS(each) \
  each(curl_global_init) each(curl_free) each(curl_slist_append) each(curl_slist_free_all) \
  each(curl_url) each(curl_url_cleanup) each(curl_url_get) each(curl_url_set) each(curl_url_strerror) \
  each(curl_easy_init) each(curl_easy_cleanup) each(curl_easy_pause) each(curl_easy_strerror) \
  each(curl_easy_setopt) each(curl_easy_getinfo) \
  each(curl_multi_init) each(curl_multi_cleanup) each(curl_multi_setopt) each(curl_multi_add_handle) \
  each(curl_multi_remove_handle) each(curl_multi_perform) each(curl_multi_poll) \
  each(curl_multi_info_read) \
  each(curl_share_init) each(curl_share_cleanup) each(curl_share_setopt)

/* Debian's name for it since 7.16; its functions have only been added to since. */
CLATE_LIBRARY(curl, "libcurl.so.4", "libcurl", "libcurl4", FUNCTIONS)

const char *ccurl_load(void) { return curl_load(); }

CURLcode ccurl_global_init(long flags) { return curl.curl_global_init(flags); }
void ccurl_free(void *pointer) { curl.curl_free(pointer); }
struct curl_slist *ccurl_slist_append(struct curl_slist *list, const char *line) {
  return curl.curl_slist_append(list, line);
}
void ccurl_slist_free_all(struct curl_slist *list) { curl.curl_slist_free_all(list); }

CURLU *ccurl_url(void) { return curl.curl_url(); }
void ccurl_url_cleanup(CURLU *url) { curl.curl_url_cleanup(url); }
CURLUcode ccurl_url_get(CURLU *url, CURLUPart part, char **text, unsigned flags) {
  return curl.curl_url_get(url, part, text, flags);
}
CURLUcode ccurl_url_set(CURLU *url, CURLUPart part, const char *text, unsigned flags) {
  return curl.curl_url_set(url, part, text, flags);
}
const char *ccurl_url_strerror(CURLUcode code) { return curl.curl_url_strerror(code); }

CURL *ccurl_easy_init(void) { return curl.curl_easy_init(); }
void ccurl_easy_cleanup(ccurl_easy easy) { curl.curl_easy_cleanup(easy.raw); }
CURLcode ccurl_easy_pause(ccurl_easy easy, int mask) { return curl.curl_easy_pause(easy.raw, mask); }
const char *ccurl_easy_strerror(CURLcode code) { return curl.curl_easy_strerror(code); }

CURLcode ccurl_easy_set_long(ccurl_easy easy, CURLoption option, long value) {
  return curl.curl_easy_setopt(easy.raw, option, value);
}

CURLcode ccurl_easy_set_offset(ccurl_easy easy, CURLoption option, int64_t value) {
  return curl.curl_easy_setopt(easy.raw, option, (curl_off_t)value);
}

CURLcode ccurl_easy_set_string(ccurl_easy easy, CURLoption option, const char *value) {
  return curl.curl_easy_setopt(easy.raw, option, value);
}

CURLcode ccurl_easy_set_bytes(ccurl_easy easy, CURLoption option, const void *value) {
  return curl.curl_easy_setopt(easy.raw, option, value);
}

CURLcode ccurl_easy_set_list(ccurl_easy easy, CURLoption option, struct curl_slist *value) {
  return curl.curl_easy_setopt(easy.raw, option, value);
}

CURLcode ccurl_easy_set_pointer(ccurl_easy easy, CURLoption option, void *value) {
  return curl.curl_easy_setopt(easy.raw, option, value);
}

CURLcode ccurl_easy_set_error_buffer(ccurl_easy easy, char *buffer) {
  return curl.curl_easy_setopt(easy.raw, CURLOPT_ERRORBUFFER, buffer);
}

CURLcode ccurl_easy_set_data_function(ccurl_easy easy, CURLoption option, ccurl_data_function function) {
  return curl.curl_easy_setopt(easy.raw, option, function);
}

CURLcode ccurl_easy_set_connected_function(ccurl_easy easy, ccurl_connected_function function) {
  return curl.curl_easy_setopt(easy.raw, CURLOPT_PREREQFUNCTION, function);
}

CURLcode ccurl_easy_get_long(ccurl_easy easy, CURLINFO info, long *value) {
  return curl.curl_easy_getinfo(easy.raw, info, value);
}

CURLcode ccurl_easy_get_offset(ccurl_easy easy, CURLINFO info, int64_t *value) {
  curl_off_t offset = 0;
  CURLcode code = curl.curl_easy_getinfo(easy.raw, info, &offset);
  *value = (int64_t)offset;
  return code;
}

CURLcode ccurl_easy_get_string(ccurl_easy easy, CURLINFO info, const char **value) {
  return curl.curl_easy_getinfo(easy.raw, info, value);
}

CURLcode ccurl_easy_get_pointer(ccurl_easy easy, CURLINFO info, void **value) {
  return curl.curl_easy_getinfo(easy.raw, info, value);
}

ccurl_sessions ccurl_sessions_init(void) {
  ccurl_sessions sessions = {curl.curl_share_init()};
  if (sessions.raw) curl.curl_share_setopt(sessions.raw, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
  return sessions;
}

void ccurl_sessions_cleanup(ccurl_sessions sessions) {
  if (sessions.raw) curl.curl_share_cleanup(sessions.raw);
}

CURLcode ccurl_easy_set_sessions(ccurl_easy easy, ccurl_sessions sessions) {
  return curl.curl_easy_setopt(easy.raw, CURLOPT_SHARE, sessions.raw);
}

CURLM *ccurl_multi_init(void) { return curl.curl_multi_init(); }
void ccurl_multi_cleanup(ccurl_multi multi) { curl.curl_multi_cleanup(multi.raw); }
CURLMcode ccurl_multi_add(ccurl_multi multi, ccurl_easy easy) {
  return curl.curl_multi_add_handle(multi.raw, easy.raw);
}
void ccurl_multi_remove(ccurl_multi multi, ccurl_easy easy) { curl.curl_multi_remove_handle(multi.raw, easy.raw); }
void ccurl_multi_perform(ccurl_multi multi) {
  int running = 0;
  curl.curl_multi_perform(multi.raw, &running);
}

int ccurl_bell_open(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }
void ccurl_bell_close(int bell) { close(bell); }

void ccurl_bell_ring(int bell) {
  uint64_t once = 1;
  // Where it cannot be written it rings already.
  while (write(bell, &once, sizeof once) < 0 && errno == EINTR) {}
}

void ccurl_multi_poll(ccurl_multi multi, int bell, int milliseconds) {
  struct curl_waitfd wait = {bell, CURL_WAIT_POLLIN, 0};
  curl.curl_multi_poll(multi.raw, &wait, 1, milliseconds, NULL);
  uint64_t rung = 0;
  if (wait.revents) while (read(bell, &rung, sizeof rung) < 0 && errno == EINTR) {}
}

CURLMcode ccurl_multi_set_long(ccurl_multi multi, CURLMoption option, long value) {
  return curl.curl_multi_setopt(multi.raw, option, value);
}

bool ccurl_multi_next_ended(ccurl_multi multi, ccurl_easy *easy, CURLcode *result) {
  int left = 0;
  for (CURLMsg *message; (message = curl.curl_multi_info_read(multi.raw, &left)) != NULL;) {
    if (message->msg != CURLMSG_DONE) continue;
    easy->raw = message->easy_handle;
    *result = message->data.result;
    return true;
  }
  return false;
}
