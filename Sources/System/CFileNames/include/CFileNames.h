#ifndef PENSTOCK_FILE_NAMES_H
#define PENSTOCK_FILE_NAMES_H

/* A call on names of files that the C library's module for Swift does not have. */

/* Exchanges two names in one step, so that neither is missing at any moment. Returns 0, or -1 with errno set; not every
   file system can do it. */
int penstock_exchange_names(const char *first, const char *second);

#endif
