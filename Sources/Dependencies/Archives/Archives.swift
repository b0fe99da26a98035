// Archives: reading and writing archives and compressed data that nobody vouches for.
//
// Start at `ZipArchive` (wheels; the whole archive to a folder), `RemoteZip` (one file out of a wheel that stays on its
// server), `EarlyExtraction` (a zip archive while it arrives), `TarReader` and `TarWriter` (code packages; the same entries
// give the same bytes), `Gzip` and `Zstd`.
//
// Nothing that an archive says is believed. A name must stay below the folder it is unpacked to (`EntryPath`); no two
// entries may claim the same path, and no file may stand where another entry needs a directory (`EntryTree`); sizes are
// compared with what the data really holds, checksums are checked, and `ArchiveLimits` ends a bomb before it is
// unpacked. Whatever is refused becomes an `ArchiveError` that names the archive and the entry.
//
// Unpacking runs on threads of its own (`ProcessorThreads`), never on Swift's cooperative pool.
