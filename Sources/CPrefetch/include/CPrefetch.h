// Asks the processor to bring memory near that is looked at soon, which Swift cannot say.
#ifndef CPREFETCH_H
#define CPREFETCH_H

/// Says that the bytes about `place` are read and written soon. Any address will do; nothing is read that a program could
/// see.
static inline void cprefetch(const void *_Nullable place) { __builtin_prefetch(place, 1); }

#endif
