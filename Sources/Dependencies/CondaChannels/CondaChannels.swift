/// Clients of conda channels: repodata in all its forms, kept in a cache that is revalidated, and the archives of packages.
enum CondaChannels {}
