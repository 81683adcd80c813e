#include "CCurl.h"

CURLcode ccurl_easy_set_long(ccurl_easy easy, CURLoption option, long value) {
  return curl_easy_setopt(easy.raw, option, value);
}

CURLcode ccurl_easy_set_offset(ccurl_easy easy, CURLoption option, int64_t value) {
  return curl_easy_setopt(easy.raw, option, (curl_off_t)value);
}

CURLcode ccurl_easy_set_string(ccurl_easy easy, CURLoption option, const char *value) {
  return curl_easy_setopt(easy.raw, option, value);
}

CURLcode ccurl_easy_set_bytes(ccurl_easy easy, CURLoption option, const void *value) {
  return curl_easy_setopt(easy.raw, option, value);
}

CURLcode ccurl_easy_set_list(ccurl_easy easy, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(easy.raw, option, value);
}

CURLcode ccurl_easy_set_pointer(ccurl_easy easy, CURLoption option, void *value) {
  return curl_easy_setopt(easy.raw, option, value);
}

CURLcode ccurl_easy_set_error_buffer(ccurl_easy easy, char *buffer) {
  return curl_easy_setopt(easy.raw, CURLOPT_ERRORBUFFER, buffer);
}

CURLcode ccurl_easy_set_data_function(ccurl_easy easy, CURLoption option, ccurl_data_function function) {
  return curl_easy_setopt(easy.raw, option, function);
}

CURLcode ccurl_easy_set_connected_function(ccurl_easy easy, ccurl_connected_function function) {
  return curl_easy_setopt(easy.raw, CURLOPT_PREREQFUNCTION, function);
}

CURLcode ccurl_easy_get_long(ccurl_easy easy, CURLINFO info, long *value) {
  return curl_easy_getinfo(easy.raw, info, value);
}

CURLcode ccurl_easy_get_offset(ccurl_easy easy, CURLINFO info, int64_t *value) {
  curl_off_t offset = 0;
  CURLcode code = curl_easy_getinfo(easy.raw, info, &offset);
  *value = (int64_t)offset;
  return code;
}

CURLcode ccurl_easy_get_string(ccurl_easy easy, CURLINFO info, const char **value) {
  return curl_easy_getinfo(easy.raw, info, value);
}

CURLcode ccurl_easy_get_pointer(ccurl_easy easy, CURLINFO info, void **value) {
  return curl_easy_getinfo(easy.raw, info, value);
}

CURLMcode ccurl_multi_set_long(ccurl_multi multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi.raw, option, value);
}

bool ccurl_multi_next_ended(ccurl_multi multi, ccurl_easy *easy, CURLcode *result) {
  int left = 0;
  for (CURLMsg *message; (message = curl_multi_info_read(multi.raw, &left)) != NULL;) {
    if (message->msg != CURLMSG_DONE) continue;
    easy->raw = message->easy_handle;
    *result = message->data.result;
    return true;
  }
  return false;
}
