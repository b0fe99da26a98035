/// Why a resolution gave no lock.
public enum ResolutionError: Error, Sendable {
    /// There is no set of packages that fulfils what was asked for.
    case noSolution(ResolutionConflict)
    /// A page or metadata file that is needed could not be had.
    case source(any Error)
    /// The surrounding task was cancelled.
    case cancelled
}
