/// From archives of conda packages to a prefix: unpacked once, then linked, with the prefix written into what names it.
enum CondaPrefixes {}
