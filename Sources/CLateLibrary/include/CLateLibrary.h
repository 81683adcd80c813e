#ifndef ROUTEBOOK_CLATELIBRARY_H
#define ROUTEBOOK_CLATELIBRARY_H

#include <pthread.h>
#include <stddef.h>

/* Loads shared libraries when they are first needed, not as the program starts: they would take a tenth of that, and more
   with what they bring along themselves. */

/* Loads the library `file` and puts the addresses of `count` functions into `pointers`. Gives NULL once all are there; why
   not, in static memory of the caller's of `size` bytes, where the library or one of its functions is missing. */
const char *clate_load(
    const char *file, const char *const *names, void **pointers, size_t count, char *reason, size_t size);

/* Defines `library`, a structure with a pointer to each function that `FUNCTIONS(each)` names, as the library's header
   declares it; and `load_function`, which fills it in. That gives NULL or why it cannot, may be called by any thread, and
   costs next to nothing from its second call on. No function may be called before. */
#define CLATE_LIBRARY(library, file, load_function, FUNCTIONS)                                                   \
  static union {                                                                                                 \
    struct { FUNCTIONS(CLATE_POINTER) };                                                                         \
    void *pointers[sizeof(struct { FUNCTIONS(CLATE_POINTER) }) / sizeof(void *)];                                \
  } library;                                                                                                     \
  static const char *library##_missing;                                                                          \
  static void library##_load(void) {                                                                             \
    static const char *const names[] = {FUNCTIONS(CLATE_NAME)};                                                  \
    static char reason[512];                                                                                     \
    library##_missing =                                                                                          \
        clate_load(file, names, library.pointers, sizeof names / sizeof *names, reason, sizeof reason);          \
  }                                                                                                              \
  const char *load_function(void) {                                                                              \
    static pthread_once_t once = PTHREAD_ONCE_INIT;                                                              \
    pthread_once(&once, library##_load);                                                                         \
    return library##_missing;                                                                                    \
  }
#define CLATE_POINTER(name) __typeof__(name) *name;
#define CLATE_NAME(name) #name,

#endif
