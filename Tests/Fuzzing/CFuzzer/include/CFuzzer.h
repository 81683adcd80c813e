#ifndef ROUTEBOOK_CFUZZER_H
#define ROUTEBOOK_CFUZZER_H

#include <stddef.h>
#include <stdint.h>

/* libFuzzer's loop (LLVM, lib/fuzzer/FuzzerInterface): calls the function with one input after the other. */
int LLVMFuzzerRunDriver(
    int *_Nonnull count, char *_Nullable *_Nonnull *_Nonnull arguments,
    int (*_Nonnull run)(const uint8_t *_Nullable bytes, size_t count));

#endif
