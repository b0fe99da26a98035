/// Something that a package needs of the machine that it is installed on, and that the machine does not have.
public struct UnmetNeed: Sendable, Hashable {
    /// The archive's name.
    public let package: ArchiveName
    /// The virtual package's.
    public let name: CondaName
    /// The package's dependency on a virtual package, as it is written.
    public let spec: String
    /// What the machine has of that name.
    public let found: VirtualPackage?
}

extension UnmetNeed {
    /// What packages need that a machine does not have, in their order.
    ///
    /// Dependencies on virtual packages have to be met; constraints, where the machine has something of the name. A processor
    /// has what its microarchitecture's ancestors have, too. Text that is no match spec is passed over.
    public static func all(of records: some Sequence<RepodataRecord>, on machine: [VirtualPackage]) -> [UnmetNeed] {
        let machine = Dictionary(machine.map { ($0.name, $0) }) { first, _ in first }
        return records.flatMap { record in
            let specs = record.depends.map { ($0, true) } + record.constrains.map { ($0, false) }
            return specs.compactMap { text, isDependency -> UnmetNeed? in
                guard text.hasPrefix("__"), let spec = try? MatchSpec(parsing: text), spec.details.condition == nil,
                    let name = spec.name.exactName
                else { return nil }
                let found = machine[name]
                let isMet = found.map { $0.meets(spec) } ?? !isDependency
                return isMet ? nil : UnmetNeed(package: record.fileName, name: name, spec: text, found: found)
            }
        }
    }
}

extension UnmetNeed: CustomStringConvertible {
    /// `torch-2.4.0-cuda120_0.conda needs '__cuda >=12.0', and this machine has no __cuda`
    public var description: String {
        let have = found.map { $0.name.description == "__archspec" ? "is \($0.build)" : "has \($0.version)" }
        return "\(package) needs '\(spec)', and this machine " + (have ?? "has no \(name)")
    }
}

extension VirtualPackage {
    fileprivate func meets(_ spec: MatchSpec) -> Bool {
        if spec.matches(self) { return true }
        guard name.description == "__archspec", let wanted = spec.build?.description else { return false }
        var other = self
        other.build = wanted
        return Microarchitecture.runs(build, builtFor: wanted) && spec.matches(other)
    }
}
