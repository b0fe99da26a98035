package import Clusters
package import FlowModel

// ClusterContract: what every executor of a cluster keeps, whatever its kind, as rows that test suites run.
//
// A suite makes a `ClusterBench` for its cluster and runs `ClusterContract.rows` on it, one test case each.

/// A cluster for tests, with what the contract has to know of it.
package protocol ClusterBench: Sendable {
    /// An executor as an engine has it that has just started: it remembers nothing of others.
    func executor() async throws -> any ClusterExecutor

    /// What the contract's jobs ask for. Small: dozens of them are to run at a time.
    var request: ComputeRequest { get }

    /// A folder that jobs see at the same path as the test, for what they leave; nothing where jobs do not really run.
    var evidence: String? { get }

    /// How many jobs there are where there are many; at most 1,000.
    var many: Int { get }

    /// How many jobs a gang may have here; less than 2 where there are none.
    var gang: Int { get }

    /// A request that the cluster refuses, as for a queue that does not exist; nothing where it takes everything.
    var refused: ComputeRequest? { get }

    /// An id as the cluster has them, which no job has.
    var unknownJob: JobID { get }

    /// Lets some time pass. A cluster whose jobs do not really run plays them a piece further here.
    func pass() async throws

    /// How often `pass` may be called before something that has to happen counts as not happening.
    var patience: Int { get }
}

extension ClusterBench {
    package var many: Int { 1000 }
    package var gang: Int { 2 }
    package var refused: ComputeRequest? { nil }
    package var patience: Int { 1200 }
    package func pass() async throws { try await Task.sleep(for: .milliseconds(100)) }
}

/// What an executor did not keep.
package struct ContractBreach: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

func require(_ isKept: Bool, _ otherwise: @autoclosure () -> String) throws {
    if !isKept { throw ContractBreach(otherwise()) }
}
