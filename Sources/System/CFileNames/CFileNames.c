#if defined(__linux__)
#define _GNU_SOURCE
#endif
#include "CFileNames.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

int penstock_exchange_names(const char *first, const char *second)
{
#if defined(__linux__) && defined(SYS_renameat2)
    /* RENAME_EXCHANGE; the call itself, because older C libraries lack the function. */
    return (int)syscall(SYS_renameat2, AT_FDCWD, first, AT_FDCWD, second, 2u);
#elif defined(__APPLE__)
    return renamex_np(first, second, RENAME_SWAP);
#else
    (void)first;
    (void)second;
    errno = ENOSYS;
    return -1;
#endif
}
