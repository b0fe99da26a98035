#include "CMemorySettings.h"

#include <stdlib.h>

#if defined(__GLIBC__)
#include <malloc.h>
#endif

void penstock_return_large_blocks(void)
{
#if defined(__GLIBC__)
    mallopt(M_MMAP_THRESHOLD, 256 << 10);
#endif
}
