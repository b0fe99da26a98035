import CondaPackaging
import CondaPrefixes

/// Whether this machine has what conda packages need of it: dependencies on virtual packages (CEP 30).
struct MachineCheck: Sendable {
    /// Variables `CONDA_OVERRIDE_…`, and the search path.
    let variables: [String: String]

    /// - Returns: A warning, where it has what is needed only because variables say so.
    /// - Throws: `.machine`, and `.conda` for a variable that says nothing.
    func check(_ records: [RepodataRecord]) async throws(EnvironmentError) -> [EnvironmentWarning] {
        let asking = records.filter { ($0.depends + $0.constrains).contains { $0.hasPrefix("__") } }
        guard !asking.isEmpty, let subdir = Subdir.ofThisMachine else { return [] }
        let found = await SystemFacts.ofThisMachine(environment: variables)
        var assumed = found
        do throws(VirtualPackageOverrideError) {
            try assumed.apply(overridesIn: variables)
        } catch {
            throw .machineVariable(error)
        }
        let missing = UnmetNeed.all(of: asking, on: assumed.virtualPackages(on: subdir))
        if !missing.isEmpty { throw .machine(missing) }
        let overridden = UnmetNeed.all(of: asking, on: found.virtualPackages(on: subdir))
        return overridden.isEmpty ? [] : [.machine(needs: overridden.map(\.description))]
    }
}
