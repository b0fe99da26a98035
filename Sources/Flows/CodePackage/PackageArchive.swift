import Archives
import Dispatch
import Synchronization
import SystemPackage

/// Makes the archive of a package: a tar file, gzipped.
///
/// A large one is made in pieces on all processors, each a gzip member of its own (RFC 1952, 2.2). Where pieces end depends on
/// the sizes of the files alone, so that the bytes do not depend on the machine. What fits into one piece, as most code does,
/// is one plain member.
struct PackageArchive {
    /// Bytes of files after which a piece ends.
    private static let pieceSize: Int64 = 8 << 20
    /// Source text gets a tenth smaller with slower ones; a person waits for this one.
    private static let level: Int32 = 1

    private let files: [PackagedFile]
    /// Numbers of files.
    private let pieces: [Range<Int>]
    private let writer = TarWriter()

    /// - Parameter files: sorted by their paths.
    init(_ files: [PackagedFile]) {
        self.files = files
        var pieces: [Range<Int>] = []
        var (start, size) = (0, Int64(0))
        for (index, file) in files.enumerated() {
            size += file.size + 1024
            guard size >= Self.pieceSize, index + 1 < files.count else { continue }
            pieces.append(start..<(index + 1))
            (start, size) = (index + 1, 0)
        }
        self.pieces = pieces + [start..<files.count]
    }

    private struct Piece: Sendable {
        /// Before it was compressed.
        var size: Int
        /// Of the last one, not compressed yet: its end depends on the sizes of the others.
        var bytes: [UInt8]
    }

    func bytes() throws(CodePackageError) -> [UInt8] {
        let made = Mutex([Result<Piece, CodePackageError>?](repeating: nil, count: pieces.count))
        DispatchQueue.concurrentPerform(iterations: pieces.count) { index in
            let piece = Result<Piece, CodePackageError> { () throws(CodePackageError) in
                let tar = try tar(of: pieces[index])
                let isLast = index == pieces.count - 1
                return Piece(size: tar.count, bytes: isLast ? tar : Gzip.compress(tar, level: Self.level))
            }
            made.withLock { $0[index] = piece }
        }
        var archive: [UInt8] = []
        var size = 0
        for (index, result) in made.withLock({ $0 }).enumerated() {
            guard var piece = try result?.get() else { continue }
            if index == pieces.count - 1 {
                TarWriter.appendEnd(to: &piece.bytes, after: size)
                piece.bytes = Gzip.compress(piece.bytes, level: Self.level)
            }
            size += piece.size
            archive = archive.isEmpty ? piece.bytes : archive + piece.bytes
        }
        return archive
    }

    private func tar(of range: Range<Int>) throws(CodePackageError) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(files[range].reduce(10240) { $0 + Int($1.size) + 1024 })
        for file in files[range] {
            switch file.content {
            case .bytes(let bytes): writer.append(file.path, .file(bytes, isExecutable: false), to: &output)
            case .file(let path, let state):
                let bytes = try PackageFileBytes.read(path, size: Int(state.size))
                writer.append(file.path, .file(bytes, isExecutable: state.isExecutable), to: &output)
            }
        }
        return output
    }
}

/// Reads the files of a package.
enum PackageFileBytes {
    static func read(_ path: FilePath, size: Int) throws(CodePackageError) -> [UInt8] {
        do throws(Errno) {
            return try WholeFile.read(path, size: size)
        } catch {
            throw .system(path, operation: "open", code: error.rawValue)
        }
    }
}

extension PackagedFile {
    /// What it holds now. Blocks.
    package func bytes() throws(CodePackageError) -> [UInt8] {
        switch content {
        case .bytes(let bytes): bytes
        case .file(let path, let state): try PackageFileBytes.read(path, size: Int(state.size))
        }
    }
}
