#ifndef PENSTOCK_EMPTY_ICU_DATA_H
#define PENSTOCK_EMPTY_ICU_DATA_H

/* The engine links Foundation because libraries that it uses import it, and Foundation's ICU brings 34 MB of data about languages,
   calendars and time zones. The engine asks for none of it. This target defines the symbol that the data has, as a table
   without entries, so that the linker leaves the archive member with the real one alone. Whoever asks ICU for data is told that
   there is none: Sources/System/OneFile/README.md says what that rules out. */

#endif
