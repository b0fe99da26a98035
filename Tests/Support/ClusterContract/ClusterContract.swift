import Clusters

/// What every executor keeps.
package enum ClusterContract {
    package struct Row: Sendable, CustomStringConvertible {
        package let description: String
        private let perform: @Sendable (ContractScene) async throws -> Void

        init(_ description: String, _ perform: @escaping @Sendable (ContractScene) async throws -> Void) {
            self.description = description
            self.perform = perform
        }

        /// - Throws: `ContractBreach` for what is not kept, `ClusterError` for what did not work.
        package func check(on bench: any ClusterBench) async throws {
            try await perform(ContractScene(on: bench))
        }
    }

    /// Of these nothing is asked but to know and to forget jobs.
    package static let rowsOfAll: [Row] = identity + asking + cancelling

    /// For clusters whose jobs really run.
    package static let rowsOfRunningJobs: [Row] = running + ending

    package static let rows: [Row] = rowsOfAll + rowsOfRunningJobs
}
