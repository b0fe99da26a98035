internal import SystemPackage

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Musl)
internal import Musl
#else
internal import Darwin
#endif

/// Where the files are that a person names.
public protocol RequestFiles: Sendable {
    /// The bytes of a file; `nil` if there is none.
    ///
    /// - Parameter path: absolute.
    func contents(of path: String) throws(RequestError.Problem) -> [UInt8]?

    /// Whether there is a file or folder.
    ///
    /// - Parameter path: absolute.
    func exists(_ path: String) -> Bool
}

/// The files of this machine.
public struct MachineFiles: RequestFiles {
    /// Nobody writes a list of requirements that is longer. In bytes.
    private static let limit = 64 << 20

    public init() {}

    public func contents(of path: String) throws(RequestError.Problem) -> [UInt8]? {
        do {
            let file = try FileDescriptor.open(FilePath(path), .readOnly, options: .closeOnExec)
            return try file.closeAfter { try read(file) }
        } catch let code as Errno where code == .noSuchFileOrDirectory || code == .notDirectory {
            return nil
        } catch let problem as RequestError.Problem {
            throw problem
        } catch {
            throw .unreadable("\(error)")
        }
    }

    public func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    private func read(_ file: FileDescriptor) throws -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = try chunk.withUnsafeMutableBytes { try file.read(into: $0) }
            if count == 0 { return bytes }
            bytes += chunk[..<count]
            if bytes.count > Self.limit { throw RequestError.Problem.tooLarge }
        }
    }
}
