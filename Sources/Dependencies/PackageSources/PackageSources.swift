// PackageSources: where packages come from, and what is kept of them on this machine.
//
// Start at `IndexConfiguration.discover`, which finds the indexes, credentials, certificates and proxies that the person
// has already configured for pip or uv, and at `PackageIndexClient`, which answers three questions: what does an index
// offer of a project (`page`), what does one file of it say about itself (`metadata`), and where are its bytes
// (`download`).
//
// Everything fetched is kept in the `CacheDirectory`: pages in a compact binary form that is mapped into memory and
// decoded as far as it is looked at (`ProjectListing`), metadata without the long descriptions. What is fresh by its
// HTTP headers (RFC 9111) costs no network at all: the HTTP client, its threads and its certificates come to life with
// the first request that really has to leave the machine.
//
// Credentials are used and never told: errors and descriptions show addresses through `redacted`.
