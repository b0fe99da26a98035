#ifndef PENSTOCK_UNIX_SOCKETS_H
#define PENSTOCK_UNIX_SOCKETS_H

#include <spawn.h>
#include <stddef.h>
#include <sys/types.h>

/* Passing file descriptors over Unix sockets. The control-message macros of <sys/socket.h> cannot be imported into
   Swift, and pipe2(2) is not in its Glibc module, so these calls are written in C. */

/* The most descriptors that one call can carry. */
#define PENSTOCK_DESCRIPTORS_MAX 8

/* Like send(2) with MSG_NOSIGNAL, with `count` descriptors attached to the first byte.
   Returns the number of bytes sent, or -1 with errno set (EINVAL if count is out of range). */
ssize_t penstock_send_with_descriptors(int socket, const void *bytes, size_t length, const int *descriptors, int count);

/* Like recv(2). Received descriptors are close-on-exec, and stored in `descriptors` (room for
   PENSTOCK_DESCRIPTORS_MAX), their number in `*count`. Descriptors beyond that number are closed and errno is EMSGSIZE. */
ssize_t penstock_receive_with_descriptors(int socket, void *bytes, size_t length, int *descriptors, int *count);

/* Like pipe(2), with both ends close-on-exec. */
int penstock_pipe(int ends[2]);

/* Makes a program that is spawned with these actions close all descriptors from `first` on: libraries open sockets that
   are not close-on-exec. Returns 0, or an error number. Call it last; where the system has no such action, the
   descriptors stay open. */
int penstock_spawn_closing_from(posix_spawn_file_actions_t *actions, int first);

#endif
