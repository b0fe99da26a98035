import Archives
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A small folder of Metaflow's, written by hand as Metaflow writes it.
final class WrittenFolder: Sendable {
    let root: FilePath

    init() {
        var template = Array("/tmp/penstock-metaflow-XXXXXX".utf8CString)
        _ = mkdtemp(&template)
        root = FilePath(platformString: template).appending(".metaflow")
    }

    deinit { Self.remove(root.removingLastComponent()) }

    func write(_ path: String, _ text: String) {
        write(path, Array(text.utf8))
    }

    func write(_ path: String, _ bytes: [UInt8]) {
        let file = root.appending(path)
        Self.makeFolder(file.removingLastComponent())
        let descriptor = open(file.string, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        _ = Glibc.write(descriptor, bytes, bytes.count)
        close(descriptor)
    }

    func text(_ path: String) -> String {
        let descriptor = open(root.appending(path).string, O_RDONLY)
        defer { close(descriptor) }
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = read(descriptor, &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }

    /// A flow, run, step or task, by depth.
    func object(_ path: String, at milliseconds: Int, tags: [String] = [], system: [String] = ["user:tester"]) {
        func list(_ texts: [String]) -> String { "[" + texts.map { "\"\($0)\"" }.joined(separator: ", ") + "]" }
        write(
            path + "/_meta/_self.json",
            """
            {"flow_id": "F", "user_name": "tester", "tags": \(list(tags)), "system_tags": \(list(system)), "ts_epoch": \(milliseconds)}
            """)
    }

    func fact(_ task: String, _ name: String, _ json: String, at milliseconds: Int, attempt: Int? = 0, type: String? = nil) {
        let tags = attempt.map { "[\"attempt_id:\($0)\"]" } ?? "[]"
        write(
            task + "/_meta/sysmeta_\(name)_\(milliseconds).json",
            """
            {"field_name": "\(name)", "type": "\(type ?? name)", "value": \(json), "tags": \(tags), "ts_epoch": \(milliseconds)}
            """)
    }

    /// A value whose SHA-1 is known.
    func value(_ sha: String, _ plain: [UInt8], isRaw: Bool = false, of flow: String = "OldFlow") {
        let path = "\(flow)/data/\(sha.prefix(2))/\(sha)"
        write(path, isRaw ? plain : Gzip.compress(plain))
        write(path + "_meta", "{\"cas_raw\": \(isRaw), \"cas_version\": 1}")
    }

    func artifact(_ task: String, _ name: String, _ sha: String, attempt: Int = 0, at milliseconds: Int) {
        write(
            task + "/_meta/\(attempt)_artifact_\(name).json",
            """
            {"name": "\(name)", "sha": "\(sha)", "content_type": "pickle-v4", "ds_type": "local", "ts_epoch": \(milliseconds)}
            """)
    }

    static func makeFolder(_ path: FilePath) {
        if mkdir(path.string, 0o755) == 0 || errno == EEXIST { return }
        makeFolder(path.removingLastComponent())
        mkdir(path.string, 0o755)
    }

    private static func remove(_ path: FilePath) {
        if let stream = opendir(path.string) {
            while let entry = readdir(stream) {
                let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
                if name == "." || name == ".." { continue }
                let child = path.appending(name)
                if entry.pointee.d_type == DT_DIR { remove(child) } else { unlink(child.string) }
            }
            closedir(stream)
        }
        rmdir(path.string)
    }
}

/// Pickles of Python, with their SHA-1s.
enum Pickled {
    static let isTrue = (sha: "868436778cb011a1c6230bc12534683ab0b7f1c3", bytes: [0x80, 4, 0x88, 0x2E] as [UInt8])
    static let isFalse = (sha: "2473d4676d5b2aba674167293142f8031ada401b", bytes: [0x80, 4, 0x89, 0x2E] as [UInt8])
    /// `17`
    static let seventeen = (sha: "7dc1e42b569ee5feee7a7e66e32f41b6ea7e2838", bytes: [0x80, 4, 0x4B, 0x11, 0x2E] as [UInt8])
    /// `{"steps": {"start": {"type": "split-foreach", "next": ["work"]}, …}}`
    static let graph = (
        sha: "83974cc57557f126c42b64afd2ebd422cc4816df",
        bytes: [
            0x80, 0x04, 0x95, 0x99, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x7D, 0x94, 0x8C, 0x05, 0x73, 0x74, 0x65,
            0x70, 0x73, 0x94, 0x7D, 0x94, 0x28, 0x8C, 0x05, 0x73, 0x74, 0x61, 0x72, 0x74, 0x94, 0x7D, 0x94, 0x28, 0x8C,
            0x04, 0x6E, 0x61, 0x6D, 0x65, 0x94, 0x68, 0x03, 0x8C, 0x04, 0x74, 0x79, 0x70, 0x65, 0x94, 0x8C, 0x0D, 0x73,
            0x70, 0x6C, 0x69, 0x74, 0x2D, 0x66, 0x6F, 0x72, 0x65, 0x61, 0x63, 0x68, 0x94, 0x8C, 0x04, 0x6E, 0x65, 0x78,
            0x74, 0x94, 0x5D, 0x94, 0x8C, 0x04, 0x77, 0x6F, 0x72, 0x6B, 0x94, 0x61, 0x75, 0x68, 0x0A, 0x7D, 0x94, 0x28,
            0x68, 0x05, 0x68, 0x0A, 0x68, 0x06, 0x8C, 0x06, 0x6C, 0x69, 0x6E, 0x65, 0x61, 0x72, 0x94, 0x68, 0x08, 0x5D,
            0x94, 0x8C, 0x04, 0x6A, 0x6F, 0x69, 0x6E, 0x94, 0x61, 0x75, 0x68, 0x0E, 0x7D, 0x94, 0x28, 0x68, 0x05, 0x68,
            0x0E, 0x68, 0x06, 0x68, 0x0E, 0x68, 0x08, 0x5D, 0x94, 0x8C, 0x03, 0x65, 0x6E, 0x64, 0x94, 0x61, 0x75, 0x68,
            0x11, 0x7D, 0x94, 0x28, 0x68, 0x05, 0x68, 0x11, 0x68, 0x06, 0x68, 0x11, 0x68, 0x08, 0x5D, 0x94, 0x75, 0x75,
            0x73, 0x2E,
        ] as [UInt8])
    /// `[ForeachFrame("work", "items", 3, 2)]`, as an older Metaflow wrote it, in protocol 2.
    static let frames = (
        sha: "a4584a364e4470cd28eda1458ca632e1841a854e",
        bytes: [
            0x80, 0x02, 0x5D, 0x71, 0x00, 0x63, 0x5F, 0x5F, 0x6D, 0x61, 0x69, 0x6E, 0x5F, 0x5F, 0x0A, 0x46, 0x6F, 0x72,
            0x65, 0x61, 0x63, 0x68, 0x46, 0x72, 0x61, 0x6D, 0x65, 0x0A, 0x71, 0x01, 0x28, 0x58, 0x04, 0x00, 0x00, 0x00,
            0x77, 0x6F, 0x72, 0x6B, 0x71, 0x02, 0x58, 0x05, 0x00, 0x00, 0x00, 0x69, 0x74, 0x65, 0x6D, 0x73, 0x71, 0x03,
            0x4B, 0x03, 0x4B, 0x02, 0x74, 0x71, 0x04, 0x81, 0x71, 0x05, 0x61, 0x2E,
        ] as [UInt8])
    /// An object of a class with a state: `{"exception": "boom", "type": "builtins.ValueError", …}`.
    static let exception = (
        sha: "bf2b94a92f5a1054fcf87223ce9d09e088efbeda",
        bytes: [
            0x80, 0x04, 0x95, 0x67, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x8C, 0x08, 0x5F, 0x5F, 0x6D, 0x61, 0x69,
            0x6E, 0x5F, 0x5F, 0x94, 0x8C, 0x02, 0x57, 0x5F, 0x94, 0x93, 0x94, 0x4E, 0x85, 0x94, 0x52, 0x94, 0x7D, 0x94,
            0x28, 0x8C, 0x09, 0x65, 0x78, 0x63, 0x65, 0x70, 0x74, 0x69, 0x6F, 0x6E, 0x94, 0x8C, 0x04, 0x62, 0x6F, 0x6F,
            0x6D, 0x94, 0x8C, 0x04, 0x74, 0x79, 0x70, 0x65, 0x94, 0x8C, 0x13, 0x62, 0x75, 0x69, 0x6C, 0x74, 0x69, 0x6E,
            0x73, 0x2E, 0x56, 0x61, 0x6C, 0x75, 0x65, 0x45, 0x72, 0x72, 0x6F, 0x72, 0x94, 0x8C, 0x0A, 0x73, 0x74, 0x61,
            0x63, 0x6B, 0x74, 0x72, 0x61, 0x63, 0x65, 0x94, 0x8C, 0x0A, 0x54, 0x72, 0x61, 0x63, 0x65, 0x62, 0x61, 0x63,
            0x6B, 0x0A, 0x94, 0x75, 0x62, 0x2E,
        ] as [UInt8])
}
