#include "CCurl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

/* Debian's name for libcurl since 7.16; its functions have only been added to since. */
static const char *const library = "libcurl.so.4";

#define FUNCTIONS(each) \
  each(global_init) each(free) each(slist_append) each(slist_free_all) \
  each(url) each(url_cleanup) each(url_get) each(url_set) each(url_strerror) \
  each(easy_init) each(easy_cleanup) each(easy_reset) each(easy_pause) each(easy_strerror) \
  each(easy_setopt) each(easy_getinfo) \
  each(multi_init) each(multi_cleanup) each(multi_setopt) each(multi_add_handle) each(multi_remove_handle) \
  each(multi_perform) each(multi_poll) each(multi_wakeup) each(multi_info_read)

#define POINTER(name) __typeof__(curl_##name) *name;
static struct { FUNCTIONS(POINTER) } curl;

static char why_not_loaded[512];

static void load(void) {
  void *handle = dlopen(library, RTLD_LAZY | RTLD_LOCAL);
  const char *missing = NULL;
#define FIND(name) \
  if (handle && !missing && !(curl.name = (__typeof__(curl.name))dlsym(handle, "curl_" #name))) missing = "curl_" #name;
  FUNCTIONS(FIND)
  if (missing) {
    snprintf(why_not_loaded, sizeof why_not_loaded, "%s has no %s", library, missing);
  } else if (!handle) {
    const char *reason = dlerror();
    snprintf(why_not_loaded, sizeof why_not_loaded, "%s", reason ? reason : library);
  }
}

const char *ccurl_load(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, load);
  return why_not_loaded[0] ? why_not_loaded : NULL;
}

CURLcode ccurl_global_init(long flags) { return curl.global_init(flags); }
void ccurl_free(void *pointer) { curl.free(pointer); }
struct curl_slist *ccurl_slist_append(struct curl_slist *list, const char *line) { return curl.slist_append(list, line); }
void ccurl_slist_free_all(struct curl_slist *list) { curl.slist_free_all(list); }

CURLU *ccurl_url(void) { return curl.url(); }
void ccurl_url_cleanup(CURLU *url) { curl.url_cleanup(url); }
CURLUcode ccurl_url_get(CURLU *url, CURLUPart part, char **text, unsigned flags) {
  return curl.url_get(url, part, text, flags);
}
CURLUcode ccurl_url_set(CURLU *url, CURLUPart part, const char *text, unsigned flags) {
  return curl.url_set(url, part, text, flags);
}
const char *ccurl_url_strerror(CURLUcode code) { return curl.url_strerror(code); }

CURL *ccurl_easy_init(void) { return curl.easy_init(); }
void ccurl_easy_cleanup(ccurl_easy easy) { curl.easy_cleanup(easy.raw); }
void ccurl_easy_reset(ccurl_easy easy) { curl.easy_reset(easy.raw); }
CURLcode ccurl_easy_pause(ccurl_easy easy, int mask) { return curl.easy_pause(easy.raw, mask); }
const char *ccurl_easy_strerror(CURLcode code) { return curl.easy_strerror(code); }

CURLcode ccurl_easy_set_long(ccurl_easy easy, CURLoption option, long value) {
  return curl.easy_setopt(easy.raw, option, value);
}

CURLcode ccurl_easy_set_offset(ccurl_easy easy, CURLoption option, int64_t value) {
  return curl.easy_setopt(easy.raw, option, (curl_off_t)value);
}

CURLcode ccurl_easy_set_string(ccurl_easy easy, CURLoption option, const char *value) {
  return curl.easy_setopt(easy.raw, option, value);
}

CURLcode ccurl_easy_set_bytes(ccurl_easy easy, CURLoption option, const void *value) {
  return curl.easy_setopt(easy.raw, option, value);
}

CURLcode ccurl_easy_set_list(ccurl_easy easy, CURLoption option, struct curl_slist *value) {
  return curl.easy_setopt(easy.raw, option, value);
}

CURLcode ccurl_easy_set_pointer(ccurl_easy easy, CURLoption option, void *value) {
  return curl.easy_setopt(easy.raw, option, value);
}

CURLcode ccurl_easy_set_error_buffer(ccurl_easy easy, char *buffer) {
  return curl.easy_setopt(easy.raw, CURLOPT_ERRORBUFFER, buffer);
}

CURLcode ccurl_easy_set_data_function(ccurl_easy easy, CURLoption option, ccurl_data_function function) {
  return curl.easy_setopt(easy.raw, option, function);
}

CURLcode ccurl_easy_set_connected_function(ccurl_easy easy, ccurl_connected_function function) {
  return curl.easy_setopt(easy.raw, CURLOPT_PREREQFUNCTION, function);
}

CURLcode ccurl_easy_get_long(ccurl_easy easy, CURLINFO info, long *value) {
  return curl.easy_getinfo(easy.raw, info, value);
}

CURLcode ccurl_easy_get_offset(ccurl_easy easy, CURLINFO info, int64_t *value) {
  curl_off_t offset = 0;
  CURLcode code = curl.easy_getinfo(easy.raw, info, &offset);
  *value = (int64_t)offset;
  return code;
}

CURLcode ccurl_easy_get_string(ccurl_easy easy, CURLINFO info, const char **value) {
  return curl.easy_getinfo(easy.raw, info, value);
}

CURLcode ccurl_easy_get_pointer(ccurl_easy easy, CURLINFO info, void **value) {
  return curl.easy_getinfo(easy.raw, info, value);
}

CURLM *ccurl_multi_init(void) { return curl.multi_init(); }
void ccurl_multi_cleanup(ccurl_multi multi) { curl.multi_cleanup(multi.raw); }
CURLMcode ccurl_multi_add(ccurl_multi multi, ccurl_easy easy) { return curl.multi_add_handle(multi.raw, easy.raw); }
void ccurl_multi_remove(ccurl_multi multi, ccurl_easy easy) { curl.multi_remove_handle(multi.raw, easy.raw); }
void ccurl_multi_perform(ccurl_multi multi) {
  int running = 0;
  curl.multi_perform(multi.raw, &running);
}
void ccurl_multi_poll(ccurl_multi multi, int milliseconds) { curl.multi_poll(multi.raw, NULL, 0, milliseconds, NULL); }
void ccurl_multi_wakeup(ccurl_multi multi) { curl.multi_wakeup(multi.raw); }

CURLMcode ccurl_multi_set_long(ccurl_multi multi, CURLMoption option, long value) {
  return curl.multi_setopt(multi.raw, option, value);
}

bool ccurl_multi_next_ended(ccurl_multi multi, ccurl_easy *easy, CURLcode *result) {
  int left = 0;
  for (CURLMsg *message; (message = curl.multi_info_read(multi.raw, &left)) != NULL;) {
    if (message->msg != CURLMSG_DONE) continue;
    easy->raw = message->easy_handle;
    *result = message->data.result;
    return true;
  }
  return false;
}
