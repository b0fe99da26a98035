import ArgumentParser
import PythonPackaging
import Resolution

/// What becomes of a lock that is there already.
struct LockArguments: ParsableArguments {
    @Flag(name: [.customShort("U"), .long], help: "Take the newest versions, whatever the lock has that is there.")
    var upgrade = false

    @Option(
        name: [.customShort("P"), .long],
        help: ArgumentHelp("Take the newest version of this package; may be given several times.", valueName: "package"),
        transform: AnyPackageName.init)
    var upgradePackage: [AnyPackageName] = []

    @Flag(help: "Write nothing; tell what is out of date and why, and then exit with 1. Asks no index.")
    var check = false

    var versions: VersionUpgrade {
        if upgrade { return .all }
        guard !upgradePackage.isEmpty else { return .none }
        return .these(Set(upgradePackage.compactMap(\.project)), conda: Set(upgradePackage.compactMap(\.conda)))
    }
}
