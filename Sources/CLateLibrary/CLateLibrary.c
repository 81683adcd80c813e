#define _GNU_SOURCE
#include "CLateLibrary.h"

#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static _Thread_local char sentence[512];

/* Whether the loader's words tell of something that passes, which no installing mends. */
static bool passes(const char *error) {
  const int reasons[] = {EMFILE, ENFILE, ENOMEM};
  for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
    if (strstr(error, strerrordesc_np(reasons[i]))) return true;
  }
  return false;
}

static const char *missing(const struct clate_library *library, const char *error) {
  if (passes(error)) {
    snprintf(sentence, sizeof sentence, "%s cannot be loaded now (%s)", library->name, error);
  } else {
    snprintf(
        sentence, sizeof sentence, "%s cannot be loaded (%s); on Debian, apt-get install %s", library->name, error,
        library->package);
  }
  return sentence;
}

static const char *load(struct clate_library *library) {
  void *handle = dlopen(library->file, RTLD_LAZY | RTLD_LOCAL);
  if (!handle) {
    const char *error = dlerror();
    return missing(library, error ? error : library->file);
  }
  for (size_t i = 0; i < library->count; i++) {
    library->pointers[i] = dlsym(handle, library->functions[i]);
    if (library->pointers[i]) continue;
    char error[256];
    snprintf(error, sizeof error, "%s has no %s", library->file, library->functions[i]);
    dlclose(handle);
    return missing(library, error);
  }
  atomic_store_explicit(&library->is_loaded, true, memory_order_release);
  return NULL;
}

const char *clate_load(struct clate_library *library) {
  if (atomic_load_explicit(&library->is_loaded, memory_order_acquire)) return NULL;
  pthread_mutex_lock(&library->lock);
  const char *reason =
      atomic_load_explicit(&library->is_loaded, memory_order_relaxed) ? NULL : load(library);
  pthread_mutex_unlock(&library->lock);
  return reason;
}
