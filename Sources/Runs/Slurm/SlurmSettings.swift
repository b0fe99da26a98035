package import FlowModel
package import SystemPackage

/// What the machine from which jobs are submitted says about its cluster.
package struct SlurmSettings: Sendable {
    /// The variables of the engine. Commands of Slurm are found by its PATH, and run with it but for what would change their output.
    package var environment: [String: String]
    /// The folder of Slurm's commands, where they are not on the PATH.
    package var programs: FilePath?
    /// A folder that the nodes see, for what a job prints before it has reached the datastore; nothing for none.
    package var output: FilePath?
    /// The names of further variables of the person that jobs get.
    package var exported: [String]
    /// What counts for steps that name none.
    package var partition: String?
    package var account: String?
    package var qos: String?
    package var constraint: String?
    package var reservation: String?

    /// - Parameter environment: its `PENSTOCK_SLURM_…` say all the rest: `BIN`, `OUTPUT`, `EXPORT` (names with commas between),
    ///   `PARTITION`, `ACCOUNT`, `QOS`, `CONSTRAINT`, `RESERVATION`.
    package init(_ environment: [String: String]) {
        func setting(_ name: String) -> String? {
            environment["PENSTOCK_SLURM_" + name].flatMap { $0.isEmpty ? nil : $0 }
        }
        self.environment = environment
        programs = setting("BIN").map { FilePath($0) }
        output = setting("OUTPUT").map { FilePath($0) }
        exported = (setting("EXPORT") ?? "").split(whereSeparator: { $0 == "," || $0 == " " }).map(String.init)
        partition = setting("PARTITION")
        account = setting("ACCOUNT")
        qos = setting("QOS")
        constraint = setting("CONSTRAINT")
        reservation = setting("RESERVATION")
    }
}

extension SlurmOptions {
    /// With what the machine says where the step says nothing.
    package func completed(by settings: SlurmSettings) -> SlurmOptions {
        var options = self
        options.partition = partition ?? settings.partition
        options.account = account ?? settings.account
        options.qos = qos ?? settings.qos
        options.constraint = constraint ?? settings.constraint
        options.reservation = reservation ?? settings.reservation
        return options
    }
}
