import Archives
import CondaPackaging
import CondaPrefixes
import Foundation
import SystemPackage
import TestSupport
import Testing

/// Packages that their owners have packed wrongly: links without targets, and empty files where links should be.
@Suite(.enabled(if: InstallFixture.all != nil, "the shared fixtures are not here")) struct OddPackageTests {
    private func unpack(_ name: String, _ subdir: String) throws -> UnpackedCondaPackage {
        let folder = try TemporaryFolder()
        let file = InstallFixture.folder.appending(path: "packages/odd/\(subdir)/\(name)").path(percentEncoded: false)
        let place = folder.path.appending("unpacked")
        try CondaArchive.unpack(FilePath(file), into: place, name: name)
        return try UnpackedCondaPackage(name: name, at: place)
    }

    @Test(arguments: [("zlib-1.2.11-h7b6447c_3.conda", "linux-64"), ("zlib-1.2.11-h1de35cc_3.conda", "osx-64")])
    func linksWithoutTargetsAreRefused(name: String, subdir: String) throws {
        let error = #expect(throws: ArchiveError.self) { try unpack(name, subdir) }
        #expect(error?.entry?.hasPrefix("lib/libz") == true, "\(error as Any)")
    }

    @Test func emptyFilesForLinksAreFiles() throws {
        let package = try unpack("zlib-1.2.11-h7b6447c_3.tar.bz2", "linux-64")
        #expect(package.paths.entries.count == 7)
    }
}
