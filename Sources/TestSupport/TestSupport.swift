// TestSupport: what several test targets need and the engine does not.
//
// `TemporaryFolder` for files, `ZipBuilder` and `WheelBuilder` for archives, honest ones and others, `LoopbackServer` for
// a web server on this machine that misbehaves on demand, `ClosedPort` for one that is not there, and `LoopbackIndex` for a package index on top of it.
