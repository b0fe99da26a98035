// CondaPrefixes: from archives of conda packages to a prefix: unpacked once, then linked, with the prefix written into what names it.
//
// Start at `CondaPackageCache` and `PrefixInstaller`. What is put where is worked out before anything is written (`PrefixPlan`), so
// that packages with the same paths cannot get into each other's way and several threads can link at once.
