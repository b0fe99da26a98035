// PythonPackaging: the packaging standards of Python as values. No file, socket or clock is known here.
//
// Where to start:
// - `Version`, `Specifier`, `SpecifierSet` (PEP 440) and `Requirement`, `Marker`, `MarkerEnvironment` (PEP 508, PEP 685):
//   what a person or a package asks for.
// - `WheelTag`, `TagList`, `PythonPlatform`, `PythonTarget` (PEP 425, 600, 656, 703): what an interpreter can install.
// - `WheelFilename`, `SdistFilename`, `DistributionFilename` (PEP 427, 625): what a file name says.
// - `CoreMetadata` (PEP 566 and later): the headers of a METADATA file.
// - `ProjectPage`, `IndexFile` (PEP 503, 592, 658, 691, 700, 714, 792): what an index offers for one project.
//
// Text is parsed once, through `init(parsing:)`, and the type is the proof afterwards; `description` is the canonical
// form. All parsers work on UTF-8 bytes, recurse to a bounded depth only, and answer any input with a value or an
// error. Where the standards leave a choice the behaviour is that of the `packaging` library, since that is what pip
// and the indexes run; the conformance tables in the tests come from it.
