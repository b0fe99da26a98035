import Archives
import Diagnostics
import Digests
import PackageSources
import PythonPackaging
import SystemPackage

/// Gets the files of wheels: from this machine, from a datastore, or from the index.
struct WheelFetching: Sendable {
    private let supply: ArchiveSupply?
    private let index: OpenedOnce<PackageIndexClient>
    private let progress: ProgressSink

    /// - Parameter openClient: makes the client of the index; called when a file is wanted that is nowhere else.
    init(
        supply: ArchiveSupply?, progress: @escaping ProgressSink,
        openClient: @escaping @Sendable () async throws -> PackageIndexClient
    ) {
        self.supply = supply
        self.progress = progress
        index = OpenedOnce(openClient)
    }

    /// What a request is answered with. Without a datastore the index is opened at once, so that what is wrong with it is
    /// told for itself.
    static func opened(
        supply: ArchiveSupply?, progress: @escaping ProgressSink,
        openClient: @escaping @Sendable () async throws -> PackageIndexClient
    ) async throws -> EnvironmentRequest.Fetch {
        let fetching = WheelFetching(supply: supply, progress: progress, openClient: openClient)
        if supply == nil { _ = try await fetching.index.value() }
        return { order, path, follower in try await fetching.fetch(order, to: path, follower) }
    }

    /// Puts the file of an order at a path, checked.
    func fetch(_ order: WheelOrder, to path: FilePath, _ follower: (any DownloadFollower)?) async throws {
        if let file = order.file, supply == nil || FileTree.exists(file) {
            try await BlockingWork.run { () throws(EnvironmentError) in try LocalFile.copy(file, to: path, order, follower) }
            return
        }
        guard let supply else { return try await download(order, to: path, follower) }
        // What the index cannot give either is told in the words of the first that failed.
        var failure: (any Error)?
        do {
            let reach: ArchiveReach = supply.isFirst || order.url.isEmpty ? .anywhere : .here
            if try await supply.source.fetch(order.sha256, size: order.size, to: path, follower, within: reach) { return }
        } catch {
            if Task.isCancelled || order.url.isEmpty { throw error }
            failure = error
            follower?.startOver()
        }
        if order.url.isEmpty { throw failure ?? NoSourceError(order) }
        do {
            try await download(order, to: path, failure == nil ? follower : nil)
            if let failure {
                let reason = (failure as? any DiagnosticError)?.diagnostic.headline ?? "\(failure)"
                progress(.warning("\(order.filename) comes from its index, since the datastore could not give it: \(reason)"))
            }
        } catch {
            if Task.isCancelled { throw error }
            follower?.startOver()
            if supply.isFirst { throw failure ?? error }
            let isThere = try await supply.source.fetch(order.sha256, size: order.size, to: path, nil, within: .anywhere)
            guard isThere else { throw failure ?? error }
            progress(.note("\(order.filename) comes from the datastore, since it could not be had from its index"))
        }
    }

    private func download(
        _ order: WheelOrder, to path: FilePath, _ follower: (any DownloadFollower)?
    ) async throws {
        try await index.value().download(
            order.url, sha256: order.sha256, size: order.size, to: path, follower: follower)
    }
}

/// A wheel that only a datastore could have had.
struct NoSourceError: DiagnosticError {
    let wheel: String

    init(_ order: WheelOrder) { wheel = order.filename.description }

    var diagnostic: Diagnostic {
        Diagnostic(
            .infrastructure, "\(wheel) is not in the datastore, and no index has it",
            help: "it was built of sources once; create the environment anew where they can be had")
    }
}

/// Something that is made when it is asked for, and once.
actor OpenedOnce<Value: Sendable> {
    private let open: @Sendable () async throws -> Value
    private var opening: Task<Value, any Error>?

    init(_ open: @escaping @Sendable () async throws -> Value) { self.open = open }

    func value() async throws -> Value {
        if let opening { return try await opening.value }
        let task = Task { [open] in try await open() }
        opening = task
        return try await task.value
    }
}
