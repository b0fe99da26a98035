import SystemPackage

// Pythons that the machine does not have yet.
extension InterpreterFinder {
    /// Where a Python can come from, beside the machine.
    private enum Way {
        case supply
        case fetching
    }

    /// Gets a Python where none of the machine suits: from where the person has named, the fetched builds first, and then from
    /// where everybody gets them.
    func obtain(
        _ request: InterpreterRequest, wanted: String, seen: [InterpreterError.Sighting]
    ) async throws(InterpreterError) -> Interpreter {
        var refusal: (any Error)?
        var failure: PythonFetchError?
        let ways: [Way] = fetching?.isNamed == true ? [.fetching, .supply] : [.supply, .fetching]
        for way in ways {
            switch way {
            case .supply:
                do {
                    if let supplied = try await supplied(request) { return supplied }
                } catch {
                    refusal = error
                }
            case .fetching:
                var isFetched = false
                do throws(PythonFetchError) {
                    isFetched = try await fetch(request)
                } catch {
                    failure = error
                }
                if isFetched { return try await findHere(request) }
            }
            if Task.isCancelled { throw .notFetched(wanted: wanted, seen: seen, cause: .cancelled) }
        }
        if let refusal { throw .notSupplied(wanted: wanted, seen: seen, cause: refusal, fetching: failure) }
        if let failure { throw .notFetched(wanted: wanted, seen: seen, cause: failure) }
        throw .noneSuitable(wanted: wanted, seen: seen)
    }

    private func supplied(_ request: InterpreterRequest) async throws -> Interpreter? {
        guard let path = try await supply?.python(for: request, isOffline: isOffline) else { return nil }
        let python = try await named(path)
        guard request.accepts(python) else {
            throw InterpreterError.unusable(path, reason: "it is Python \(python.version), and '\(request)' was asked for")
        }
        return python
    }

    /// - Returns: whether one was fetched; not so where that is switched off.
    private func fetch(_ request: InterpreterRequest) async throws(PythonFetchError) -> Bool {
        guard let fetching, ![.manual, .never].contains(try fetching.policy) else { return false }
        _ = try await fetching.fetch(request)
        return true
    }
}
