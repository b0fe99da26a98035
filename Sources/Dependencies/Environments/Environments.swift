// Environments: turning a lock into a folder that Python can run in, once.
//
// `EnvironmentStore.ensure` is the way in. An environment is addressed by the SHA-256 of its lock, its interpreter and the
// way environments are laid out (`EnvironmentAddress`); if its folder exists, that is all there is to do. Otherwise one
// process builds it beside its place, the others wait, and a rename publishes it. A builder that is killed leaves a
// draft that nobody takes for an environment and that the next builder removes (`StaleDrafts`).
//
// A wheel is unpacked once (Wheels/): every file is compared with RECORD on its way to the disk, and a `WheelManifest`
// says afterwards what has to go where. Environments are made of links to those files (Linking/): copy-on-write clones
// where the file system has them, else hard links, else copies. What depends on the environment's own path (scripts and
// their lines in RECORD) is written for each.
