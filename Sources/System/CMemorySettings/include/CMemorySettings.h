#ifndef PENSTOCK_MEMORY_SETTINGS_H
#define PENSTOCK_MEMORY_SETTINGS_H

/* A setting of the C library's allocator that its module for Swift does not have. */

/* Gives blocks of 256 KiB and more a mapping of their own from now on, so that their memory goes back to the system as soon
   as they are freed. By itself glibc raises that limit with every large block that it has seen. Does nothing with other
   C libraries. */
void penstock_return_large_blocks(void);

#endif
