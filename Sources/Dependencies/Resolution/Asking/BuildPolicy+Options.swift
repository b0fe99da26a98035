public import PythonPackaging

extension BuildPolicy {
    /// Whether wheels of a package count. A package that an option names is judged by that one, and others by `:all:`.
    public func allowsWheels(of name: PackageName) -> Bool {
        if case .these = neverBuilt, neverBuilt.contains(name) { return true }
        return !alwaysBuilt.contains(name)
    }

    /// Whether source distributions of a package count.
    public func allowsBuilds(of name: PackageName) -> Bool {
        if case .these = alwaysBuilt, alwaysBuilt.contains(name) { return true }
        return !neverBuilt.contains(name)
    }

    /// Follows `--only-binary VALUE`: names with commas between them, `:all:` and `:none:`. Options are followed in order.
    public mutating func neverBuild(_ value: String) throws(PackageNameError) {
        try Self.follow(value, in: &neverBuilt, against: &alwaysBuilt)
    }

    /// Follows `--no-binary VALUE`.
    public mutating func alwaysBuild(_ value: String) throws(PackageNameError) {
        try Self.follow(value, in: &alwaysBuilt, against: &neverBuilt)
    }

    /// What comes before `:all:` does not count, and neither does what comes after it unless `:none:` is there.
    private static func follow(
        _ value: String, in target: inout Packages, against other: inout Packages
    ) throws(PackageNameError) {
        var words = value.split(separator: ",").map(\.trimmed).filter { !$0.isEmpty }[...]
        while let place = words.firstIndex(of: ":all:") {
            (target, other) = (.all, .none)
            words = words[(place + 1)...]
            if !words.contains(":none:") { return }
        }
        for word in words {
            if word == ":none:" {
                target = .none
                continue
            }
            let name = try PackageName(parsing: word)
            other.remove(name)
            target.insert(name)
        }
    }
}

extension BuildPolicy.Packages {
    fileprivate mutating func insert(_ name: PackageName) {
        switch self {
        case .none: self = .these([name])
        case .all: break
        case .these(let names): self = .these(names.union([name]))
        }
    }

    fileprivate mutating func remove(_ name: PackageName) {
        guard case .these(let names) = self else { return }
        let rest = names.subtracting([name])
        self = rest.isEmpty ? .none : .these(rest)
    }
}
