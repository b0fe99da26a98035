import CondaPackaging
import CondaPrefixes
import Digests
import SystemPackage
import TestSupport
import Testing

/// Programs of macOS lose their signature when the prefix is written into them. The program that signs is played.
@Suite struct SigningTests {
    private let folder: TemporaryFolder
    private let old = "/opt/placeholder_placeholder_placeholder"

    init() throws {
        folder = try TemporaryFolder()
        _ = try folder.write(folders: "env/.keep", [])
    }

    /// Installs a file whose first bytes are given, signed by a program that notes what it was asked.
    private func install(_ head: [UInt8], mode: String = "binary", placeholder: Bool = true, fails: Bool = false) async throws {
        let file = try folder.write(folders: "bad-1.0-0/lib/x", head + Array("\(placeholder ? old : "nothing")\u{0}\u{0}".utf8))
        #expect(file.lastComponent?.string == "x")
        let package = PlayedPackage(
            name: "bad",
            paths: PlayedPackage.list(
                "{\"_path\": \"lib/x\", \"path_type\": \"hardlink\", \"prefix_placeholder\": \"\(old)\", \"file_mode\": \"\(mode)\"}"))
        let signer = try folder.write("codesign", Array("#!/bin/sh\necho \"$*\" >> \(folder.path)/asked\necho words >&2\n[ \(fails ? 1 : 0) = 0 ] || exit 9\nfor last; do :; done\necho signed >> \"$last\"\n".utf8))
        try #require(chmod(signer.string, 0o755) == 0)
        _ = try await PrefixInstaller(codesign: signer).install(
            [try package.write(into: folder)], into: folder.path.appending("env"), prefix: "/p/env")
    }

    @Test(arguments: [
        [0xCF, 0xFA, 0xED, 0xFE, 0x0C, 0, 0, 1], [0xCE, 0xFA, 0xED, 0xFE, 7, 0, 0, 0], [0xFE, 0xED, 0xFA, 0xCF, 0, 0, 0, 1],
        [0xFE, 0xED, 0xFA, 0xCE, 0, 0, 0, 1], [0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 2], [0xCA, 0xFE, 0xBA, 0xBF, 0, 0, 0, 2],
    ] as [[UInt8]])
    func programsAreSignedAnew(_ head: [UInt8]) async throws {
        try await install(head)
        let asked = String(decoding: try folder.read("asked"), as: UTF8.self)
        #expect(asked == "--sign - --force --preserve-metadata=entitlements \(folder.path)/env/lib/x\n")
        let bytes = try folder.read("env/lib/x")
        #expect(bytes.suffix(7).elementsEqual("signed\n".utf8))
        let record = String(decoding: try folder.read("env/conda-meta/bad-1.0-0.json"), as: UTF8.self)
        #expect(record.contains("\"sha256_in_prefix\": \"\(SHA256Digest(hashing: bytes).hex)\""))
    }

    /// Other files, a class of Java among them, and programs that stay as they are.
    @Test func whatNeedsNoSignature() async throws {
        for (head, mode, placeholder) in [
            ([0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0], "binary", true), ([0xCA, 0xFE, 0xBA, 0xBE, 0, 0, 0, 52], "binary", true),
            ([0xCF, 0xFA, 0xED], "binary", true), ([0xCF, 0xFA, 0xED, 0xFE, 0x0C, 0, 0, 1], "text", true),
            ([0xCF, 0xFA, 0xED, 0xFE, 0x0C, 0, 0, 1], "binary", false),
        ] as [([UInt8], String, Bool)] {
            let test = try SigningTests()
            try await test.install(head, mode: mode, placeholder: placeholder)
            #expect(!test.folder.names().contains("asked"))
        }
    }

    @Test func whatCannotBeSignedIsSaid() async throws {
        let error = await #expect(throws: CondaPrefixError.self) {
            try await install([0xCF, 0xFA, 0xED, 0xFE, 0x0C, 0, 0, 1], fails: true)
        }
        guard case .notSigned("bad-1.0-0.conda", _, 9) = error else {
            Issue.record("\(error as Any)")
            return
        }
    }
}

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif
