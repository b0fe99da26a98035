// TOMLDocuments: reading TOML 1.0 without trusting it.
//
// `TOMLDocument.read` gives a document as plain values that know their lines, so that a room which finds a value wrong can
// say where it stands. Any text ends in a document or in an error with a line: nesting is bounded, and nothing in a
// document can make the reader stop. (The C++ library in use before asserted on malformed times and ran out of stack on
// long dotted keys.) Writing is left to the rooms that know the order of their keys.
