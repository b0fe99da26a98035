public import PythonPackaging

extension ReadRequest {
    /// Checks that of every package a file named a hash, where hashes are required: who writes hashes down does not want
    /// anything that was not looked at, and pip refuses the same.
    ///
    /// - Parameter packages: what was chosen.
    public func checkHashes(of packages: some Sequence<PackageName>) throws(RequestError) {
        guard requiresHashes else { return }
        let named = request.requirements.filter(\.isPinnedByHash) + request.constraints.filter { !$0.hashes.isEmpty }
        let covered = Set(named.map(\.requirement.name))
        if let open = Set(packages).subtracting(covered).min() { throw RequestError(.noHashOfDependency("\(open)")) }
    }
}
