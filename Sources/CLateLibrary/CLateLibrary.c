#include "CLateLibrary.h"

#include <dlfcn.h>
#include <stdio.h>

const char *clate_load(
    const char *file, const char *const *names, void **pointers, size_t count, char *reason, size_t size) {
  void *handle = dlopen(file, RTLD_LAZY | RTLD_LOCAL);
  if (!handle) {
    const char *error = dlerror();
    snprintf(reason, size, "%s", error ? error : file);
    return reason;
  }
  for (size_t i = 0; i < count; i++) {
    pointers[i] = dlsym(handle, names[i]);
    if (!pointers[i]) {
      snprintf(reason, size, "%s has no %s", file, names[i]);
      return reason;
    }
  }
  return NULL;
}
