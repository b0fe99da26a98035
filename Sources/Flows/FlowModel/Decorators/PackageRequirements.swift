/// The Python and the packages that a step runs with: `@pypi`, `@conda` and those of the flow taken together.
package struct PackageRequirements: Hashable, Sendable {
    /// The key is `python`; nothing for the launching interpreter's.
    package let pythonRequest: PackageRequest?
    /// As it was written: `3.11`, `3.11.*`, `3.13t`, `>=3.10,<3.13`.
    package var python: String? { pythonRequest?.version }
    /// Of `@pypi`, in the order of their keys.
    package let packages: [PackageRequest]
    /// Absent where nothing of conda's is wanted, not even the Python.
    package let conda: CondaRequirements?
    /// Runs in the launching interpreter after all.
    package let isDisabled: Bool

    package init(
        python: PackageRequest? = nil, packages: [PackageRequest] = [], conda: CondaRequirements? = nil,
        isDisabled: Bool = false
    ) {
        pythonRequest = python
        self.packages = packages
        self.conda = conda
        self.isDisabled = isDisabled
    }

    /// The step's word counts before the base's: key by key for packages, as a whole for the rest. The Python is that of
    /// `@pypi` and `@pypi_base` before that of `@conda` and `@conda_base`.
    init(pypi: [PyPIAttributes], conda: [CondaAttributes], isDisabled: Bool) {
        pythonRequest = (pypi.compactMap(\.python) + conda.compactMap(\.python)).first
        packages = pypi.reversed().reduce(into: [:]) { $0.merge($1.packages) { _, own in own } }
            .sorted { $0.key < $1.key }.map(\.value)
        self.conda = conda.isEmpty ? nil : CondaRequirements(conda)
        self.isDisabled = isDisabled
    }
}
