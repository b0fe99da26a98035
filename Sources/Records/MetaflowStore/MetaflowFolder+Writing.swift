import FlowModel
import FoundationEssentials
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

extension MetaflowFolder {
    /// Writes a file anew, whole or not at all, as Metaflow does.
    func replace(_ path: FilePath, with text: String) throws(MetaflowStoreError) {
        let draft = path.removingLastComponent().appending("tmp-\(UInt64.random(in: .min ... .max))")
        do {
            let file = try FileDescriptor.open(
                draft, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
                permissions: [.ownerReadWrite, .groupRead, .otherRead])
            do {
                try file.closeAfter { _ = try file.writeAll(text.utf8) }
                guard rename(draft.string, path.string) == 0 else { throw Errno(rawValue: errno) }
            } catch {
                unlink(draft.string)
                throw error
            }
        } catch let error as Errno {
            throw MetaflowStoreError(path: path.string, .system(error.rawValue))
        } catch {
            throw MetaflowStoreError(path: path.string, .malformed)
        }
    }
}

extension JSONValue {
    /// `nil` when the text is no JSON.
    init?(parsing text: String) {
        guard let value = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) else { return nil }
        self = value
    }
}
