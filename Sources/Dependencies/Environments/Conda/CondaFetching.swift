import Archives
import CondaChannels
import CondaPackaging
import CondaPrefixes
import Diagnostics
package import Digests
package import Lockfiles
import PackageSources
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Gets conda packages into the cache, unpacked: from there, from a datastore, or from their channels.
struct CondaFetching: Sendable {
    let cache: CacheDirectory
    let supply: ArchiveSupply?
    let progress: ProgressSink
    let archives: OpenedOnce<CondaArchiveSource>

    /// Packages that are fetched and unpacked at a time.
    private static let width = 16

    /// - Parameter openArchives: makes the source of archives; called when one is wanted that is nowhere else.
    init(
        cache: CacheDirectory, supply: ArchiveSupply?, progress: @escaping ProgressSink,
        openArchives: @escaping @Sendable () async throws -> CondaArchiveSource
    ) {
        self.cache = cache
        self.supply = supply
        self.progress = progress
        archives = OpenedOnce(openArchives)
    }

    /// The packages, in the order they are named in.
    func unpacked(_ packages: [LockedCondaPackage]) async throws(EnvironmentError) -> [UnpackedCondaPackage] {
        let present = await BlockingWork.run { packages.map { self.present($0) } }
        let missing = present.indices.filter { present[$0] == nil }
            // The largest first, so that no long one is left for the end.
            .sorted { (packages[$0].record.size ?? 0, $1) > (packages[$1].record.size ?? 0, $0) }
        if missing.isEmpty { return present.compactMap { $0 } }
        // Who downloads tells what arrives; archives in folders are not downloaded.
        let downloads = missing.filter { FileURL.path(packages[$0].url) == nil }
        if !downloads.isEmpty { progress(.began(.downloading, total: downloads.count)) }
        let sizes = downloads.compactMap { packages[$0].record.size.flatMap { Int64(exactly: $0) } }
        if sizes.count == downloads.count { progress(.expected(.downloading, bytes: sizes.reduce(0, +))) }
        progress(.began(.unpacking, total: missing.count))
        do {
            let fetched = try await withThrowingTaskGroup(of: (Int, UnpackedCondaPackage, Int64).self) { group in
                var waiting = missing.makeIterator()
                func startNext() {
                    guard let index = waiting.next() else { return }
                    group.addTask {
                        let (package, bytes) = try await obtain(packages[index])
                        return (index, package, bytes)
                    }
                }
                for _ in 0..<Self.width { startNext() }
                var fetched: [Int: UnpackedCondaPackage] = [:]
                var (total, downloaded): (Int64, Int64) = (0, 0)
                while let (index, package, bytes) = try await group.next() {
                    fetched[index] = package
                    total += bytes
                    if FileURL.path(packages[index].url) == nil { downloaded += bytes }
                    progress(.advanced(.unpacking, items: 1, bytes: bytes))
                    startNext()
                }
                if !downloads.isEmpty { progress(.ended(.downloading, items: downloads.count, bytes: downloaded)) }
                progress(.ended(.unpacking, items: missing.count, bytes: total))
                return fetched
            }
            return packages.indices.compactMap { present[$0] ?? fetched[$0] }
        } catch let error as EnvironmentError {
            throw error
        } catch {
            throw Task.isCancelled ? .cancelled : .cache(cause: error)
        }
    }

    /// What is unpacked already. That it is used now is noted, for pruning.
    private func present(_ package: LockedCondaPackage) -> UnpackedCondaPackage? {
        guard let sha256 = package.record.sha256,
            let unpacked = CondaPackageCache(cache).present(package.title, digest: sha256.hex)
        else { return nil }
        utimensat(AT_FDCWD, cache.path(.condaPackages, sha256.hex).string, nil, 0)
        return unpacked
    }

    private func obtain(_ package: LockedCondaPackage) async throws(EnvironmentError) -> (UnpackedCondaPackage, Int64) {
        let archive: CondaArchive
        do {
            archive = try await self.archive(of: package)
        } catch {
            throw Task.isCancelled ? .cancelled : .notFetched(wheel: package.record.fileName.description, cause: error)
        }
        defer { if archive.isTemporary { unlink(archive.path.string) } }
        do throws(CondaPrefixError) {
            let unpacked = try await CondaPackageCache(cache).unpacked(
                package.title, digest: archive.sha256.hex, file: archive.path)
            return (unpacked, archive.size)
        } catch {
            throw Task.isCancelled ? .cancelled : .conda(cause: error)
        }
    }

    /// An archive on this machine.
    struct CondaArchive {
        var path: FilePath
        var sha256: SHA256Digest
        var size: Int64
        /// Whether it goes when it has been unpacked.
        var isTemporary = false
    }

    /// The archive: of the datastore where it has it here, then of the channel, then of the datastore wherever it is; the
    /// datastore alone is asked first where the supply says so.
    func archive(of package: LockedCondaPackage) async throws -> CondaArchive {
        if let kept = try? await kept(package, within: supply?.isFirst == true ? .anywhere : .here) { return kept }
        do {
            let fetched = try await archives.value().fetch(CondaArchiveOrder(package.record, url: package.url))
            return CondaArchive(path: fetched.path, sha256: fetched.sha256, size: fetched.size)
        } catch {
            guard supply?.isFirst == false, !Task.isCancelled, let kept = try? await kept(package, within: .anywhere) else {
                throw error
            }
            progress(.note("\(package.record.fileName) comes from the datastore, since it could not be had from its channel"))
            return kept
        }
    }

    private func kept(_ package: LockedCondaPackage, within reach: ArchiveReach) async throws -> CondaArchive? {
        guard let supply, let sha256 = try await sha256(of: package, in: supply) else { return nil }
        let folder = try cache.prepare(.temporary)
        let draft = cache.temporaryName(beside: folder.appending(package.record.fileName.description))
        let size = package.record.size.flatMap { Int64(exactly: $0) }
        guard try await supply.source.fetch(sha256, size: size, to: draft, nil, within: reach) else {
            unlink(draft.string)
            return nil
        }
        return CondaArchive(path: draft, sha256: sha256, size: LocalFile.size(of: draft), isTemporary: true)
    }

    /// Archives whose repodata tells an MD5 alone are kept by it.
    private func sha256(of package: LockedCondaPackage, in supply: ArchiveSupply) async throws -> SHA256Digest? {
        if let sha256 = package.record.sha256 { return sha256 }
        guard let key = package.archiveKey else { return nil }
        return try await supply.source.archives(keptAs: key).first
    }
}

extension LockedCondaPackage {
    /// What a datastore keeps an archive by whose SHA-256 no repodata tells; `nil` for the others, and those without any hash.
    package var archiveKey: SHA256Digest? {
        guard record.sha256 == nil, let md5 = record.md5 else { return nil }
        return SHA256Digest(hashing: "conda archive\n\(record.fileName)\nmd5 \(md5)")
    }
}
