import Diagnostics
import Interpreters
import Lockfiles
package import Resolution
import SourceBuilds

extension FlowLocking {
    /// The locks that a run would use, each with how its packages stand beside what the indexes have now.
    package func outdated(_ wishes: FlowWishes) async throws -> [(lock: StepLock, ages: [PackageAge])] {
        let locks = try await reported(wishes).filter { !$0.isOfProject }
        if let project = wishes.project {
            guard !locks.isEmpty else { throw project.isUpgradedByUV }
            progress(.warning("\(project.lockFile) is left out; uv lock --upgrade --dry-run tells what is newer"))
        }
        return try await closingIndexes {
            var outdated: [(lock: StepLock, ages: [PackageAge])] = []
            for lock in locks {
                let interpreter = try await finder.find()
                let study = OutdatedStudy(
                    source: try await source(for: interpreter), options: ResolutionOptions(asIn: lock.lock.origin),
                    progress: progress)
                let ages = try await study.ages(
                    of: lock.lock, answering: ResolutionRequest(lock.requirements), for: [lock.target])
                outdated.append((lock, ages))
            }
            return outdated
        }
    }
}
