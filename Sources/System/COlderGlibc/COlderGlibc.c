#include "COlderGlibc.h"

#if defined(__linux__) && defined(__ELF__)

#define OURS __attribute__((visibility("hidden")))

struct dl_find_object;

/* libgcc's unwinder asks here for the frames that an address belongs to. The executable has no table of them
   (--no-eh-frame-hdr), so the answer is the same as glibc's: none. */
OURS int _dl_find_object(void *address, struct dl_find_object *result)
{
    (void)address;
    (void)result;
    return -1;
}

/* swift-numerics refers to both; nothing in the engine calls them. The wider type has the range for any sum of squares. */
OURS double hypot(double x, double y)
{
    if (__builtin_isinf(x) || __builtin_isinf(y)) return __builtin_inf();
    return (double)__builtin_sqrtl((long double)x * x + (long double)y * y);
}

OURS float hypotf(float x, float y)
{
    if (__builtin_isinf(x) || __builtin_isinf(y)) return __builtin_inff();
    return (float)__builtin_sqrt((double)x * x + (double)y * y);
}

#endif
