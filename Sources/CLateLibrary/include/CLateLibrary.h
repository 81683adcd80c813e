#ifndef ROUTEBOOK_CLATELIBRARY_H
#define ROUTEBOOK_CLATELIBRARY_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

/* Loads shared libraries when they are first needed, not as the program starts: they and what they bring along would
   take a fifth of that. */

/* Where a library is, and what belongs to it. */
struct clate_library {
  /* The name of its file, and what it is called; what installs it on Debian. */
  const char *file, *name, *package;
  /* Its functions, and where their addresses go. */
  const char *const *functions;
  void **pointers;
  size_t count;
  pthread_mutex_t lock;
  atomic_bool is_loaded;
};

/* Loads the library where that has not been done. Gives NULL once all its functions are there; else a sentence that
   says why not and what to do, which stands until the thread's next call. Where it was missing it is looked for again
   with each call: a process may be short of descriptors for a moment. */
const char *clate_load(struct clate_library *library);

/* Defines `library`, a structure with a pointer to each function that `FUNCTIONS(each)` names, as the library's header
   declares it; and `library_load()`, which fills it in as `clate_load` says. That may be called by any thread, and
   costs next to nothing once the library is loaded. No function may be called before. */
#define CLATE_LIBRARY(library, file, name, package, FUNCTIONS)                                                   \
  static union {                                                                                                 \
    struct { FUNCTIONS(CLATE_POINTER) };                                                                         \
    void *pointers[sizeof(struct { FUNCTIONS(CLATE_POINTER) }) / sizeof(void *)];                                \
  } library;                                                                                                     \
  static const char *const library##_functions[] = {FUNCTIONS(CLATE_NAME)};                                      \
  static const char *library##_load(void) {                                                                      \
    static struct clate_library late = {                                                                         \
        file, name, package, library##_functions, library.pointers,                                              \
        sizeof library##_functions / sizeof *library##_functions, PTHREAD_MUTEX_INITIALIZER, false};             \
    return clate_load(&late);                                                                                    \
  }
#define CLATE_POINTER(name) __typeof__(name) *name;
#define CLATE_NAME(name) #name,

#endif
