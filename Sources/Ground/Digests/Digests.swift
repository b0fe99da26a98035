// Digests: the one hash that Penstock uses.
//
// Blobs, code packages, wheels and environments are addressed by SHA-256 (docs/architecture.md, decision 4). Start at
// `SHA256Digest`, the value; `SHA256Hasher` makes one from a stream. swift-crypto does the work, with the processor's
// SHA instructions where there are any.
