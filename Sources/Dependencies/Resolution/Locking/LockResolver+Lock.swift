public import Lockfiles
public import PythonPackaging

extension LockResolver {
    /// One lock for all the targets.
    ///
    /// - Parameter context: What the lock says beside the answers. Its options should be those of the resolver.
    public func lock(
        _ request: ResolutionRequest, for targets: [PythonTarget], in context: LockContext = .init()
    ) async throws(ResolutionError) -> PyLock {
        let answers = try await answers(request, for: targets)
        do {
            return try PyLock(answers, answering: request, in: context)
        } catch {
            throw .source(error)
        }
    }
}
