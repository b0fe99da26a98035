// CondaPackaging: the standards of conda packages as values. No file, socket or clock is known here.
//
// Where to start:
// - `CondaVersion` (CEP 33), `VersionSpec`, `VersionSet`, `MatchSpec`, `MatchCondition` (CEP 29, 43, 44, 45): what a person or a package
//   asks for.
// - `CondaName`, `ArchiveName`, `RepodataRecord` (CEP 26, 34, 36, 47): what a channel has.
// - `ChannelReference`, `CondaChannel`, `Subdir` (CEP 26): where packages come from.
// - `VirtualPackage`, `SystemFacts`, `Microarchitecture` (CEP 30, 46): what a machine is like; `UnmetNeed`: what packages miss there.
// - `Repodata`, `RepodataCandidate` (CEP 15, 36, 48): the index of one platform's folder, read so that only records that
//   somebody asks for are decoded; `ShardIndex` and `RepodataShard` (CEP 16): the same in pieces.
// - `ExplicitList`: archives by their URLs, for installing without a solver.
//
// Text is parsed once, through `init(parsing:)`, and the type is the proof afterwards; `description` is the normal form.
// All parsers work on UTF-8 bytes, recurse to a bounded depth only, and answer any input with a value or an error that says
// where it went wrong. Where the standards leave a choice, or channels have what no standard knows, the behaviour is
// rattler's; the conformance tables in the tests come from it.
