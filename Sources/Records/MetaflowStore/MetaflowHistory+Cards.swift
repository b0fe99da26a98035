package import Datastore
package import FlowModel
package import Ledger
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension MetaflowHistory {
    /// A card that is a file.
    package struct Card: Sendable, Hashable {
        package var type: String
        package var id: String?
        package var hash: String
        /// Below the folder of cards.
        package var path: String
        package var size: Int64
        package var createdAt: WallTime
        /// What it showed last while its task ran, below the folder of cards.
        package var data: String?
        /// The task that made it.
        package var task: TaskKey
        package var step: StepName
    }

    /// The cards of a task, by the names of their files.
    ///
    /// - Parameter followingClones: whether a clone has the cards of the task that it stands for.
    package func cards(of key: TaskKey, step: StepName, followingClones: Bool) throws -> [Card] {
        if followingClones, let origin = try task(key)?.origin {
            return try cards(
                of: TaskKey(run: RunKey(flow: key.run.flow, run: origin.run), task: origin.task), step: step, followingClones: true)
        }
        let parts = [key.run.flow.text, "runs", key.run.run.text, "steps", step.text, "tasks", key.task.text]
        guard let folder = folder.path(["mf.cards"] + parts) else { return [] }
        let place = parts.joined(separator: "/")
        let data = Set(try self.folder.names(in: folder.appending("runtime")))
        return try self.folder.names(in: folder.appending("cards")).compactMap { file in
            guard file.hasSuffix(".html"), let (size, changed) = Self.facts(folder.appending("cards").appending(file)) else { return nil }
            let name = String(file.dropLast(".html".count))
            let words = name.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
            guard words.count > 1, let type = words.first, let hash = words.last else { return nil }
            let id = words.dropFirst().dropLast().joined(separator: "-")
            let latest = "\(name).data.json"
            return Card(
                type: type, id: id.isEmpty ? nil : id, hash: hash, path: "\(place)/cards/\(file)", size: size, createdAt: changed,
                data: data.contains(latest) ? "\(place)/runtime/\(latest)" : nil, task: key, step: step)
        }
    }

    /// The bytes of a card, or of its data, by the path that it was listed with; `nil` when there is none.
    package func cardFile(_ path: String) throws -> [UInt8]? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard let file = folder.path(["mf.cards"] + parts) else { return nil }
        return try folder.bytes(of: file).map { Array($0) }
    }

    private static func facts(_ path: FilePath) -> (Int64, WallTime)? {
        var status = stat()
        guard stat(path.string, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        #if os(Linux)
        let changed = Int64(status.st_mtim.tv_sec) * 1_000_000 + Int64(status.st_mtim.tv_nsec) / 1000
        #else
        let changed = Int64(status.st_mtimespec.tv_sec) * 1_000_000
        #endif
        return (Int64(status.st_size), WallTime(microseconds: changed))
    }
}
