#ifndef PENSTOCK_OLDER_GLIBC_H
#define PENSTOCK_OLDER_GLIBC_H

/* Three functions that the engine's libraries call and that exist, or have their present version, since glibc 2.35. With definitions
   of our own in the executable it asks for glibc 2.34 alone, which RHEL 9 and its kin have (docs/releasing.md). They are not
   visible outside the executable. */

#endif
