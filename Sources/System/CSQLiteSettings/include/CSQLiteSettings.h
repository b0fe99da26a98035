#ifndef PENSTOCK_SQLITE_SETTINGS_H
#define PENSTOCK_SQLITE_SETTINGS_H

/* A setting of SQLite whose call takes a variable number of arguments, which cannot be imported into Swift. */

/* Leaves the write-ahead log as it is when the last connection to a database closes, instead of moving its content to
   the database, which waits for the disk several times. `connection` is a `sqlite3 *`. Returns an SQLite result code. */
int penstock_keep_log_on_close(void *connection);

#endif
