package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The file of a run's log, as bytes to be copied.
package final class LogFile: Sendable {
    private let file: OpenFile
    /// Bytes when it was opened. What is written later comes behind them.
    package let size: Int64

    package var descriptor: Int32 { file.descriptor }

    /// `nil` when there is none.
    package init?(_ path: FilePath) throws(DatastoreError) {
        do throws(DatastoreError) {
            file = try openFile(path, openForReading)
        } catch {
            guard case .system(_, noSuchFile) = error.fault else { throw error }
            return nil
        }
        size = try file.size()
    }

    /// Makes the log of a run longer by pieces that were fetched, or leaves it as it is. Readers see the one or the other.
    ///
    /// - Parameters:
    ///   - size: how much of the log is here; the rest is appended to that.
    ///   - fill: calls what it is given with the bytes that come next, as often as it takes.
    package static func lengthen(
        flow: String, run: String, in location: StoreLocation, beyond size: Int64,
        _ fill: (_ append: ([UInt8]) throws -> Void) throws -> Void
    ) throws {
        let path = try location.log(flow: flow, run: run)
        try makeFolder(path.removingLastComponent())
        let new = try NewFile(in: location.staging)
        if let old = try LogFile(path) {
            try old.file.forEachPiece(size: min(size, old.size)) { bytes, offset throws(DatastoreError) in
                try new.file.write(bytes, at: offset)
            }
        }
        var end = size
        let file = new.file
        try fill { bytes in
            try file.write(bytes, at: end)
            end += Int64(bytes.count)
        }
        try new.publish(as: path)
    }
}
