/// Clients of conda channels: repodata in all its forms, kept in a cache that is revalidated, and the archives of packages.
///
/// Start with `ChannelSettings.discover`, which finds out what the person has configured, and `ChannelClient`: its
/// `contents(of:for:)` gives what channels offer, as `ChannelContent`, whose records are decoded when they are asked for.
/// `CondaArchiveSource` fetches archives, and `PackageInfoReader` says which Python projects an archive provides.
///
/// Requests go through PackageSources: its credentials, proxies, certificates, retries and cache are the ones used here.
enum CondaChannels {}
