import Archives
import CondaPackaging
import CondaPrefixes
import SystemPackage
import TestSupport
import Testing

/// Packages made for a test, in an unpacked form.
struct PlayedPackage {
    var name: String
    var files: [String: String] = [:]
    var links: [String: String] = [:]
    var paths: String?
    var link: String?
    var noarch: RepodataRecord.NoArch?
    /// Further files, whose names are not told apart by a dictionary.
    var more: [(path: String, text: String)] = []
    var change: @Sendable (inout RepodataRecord) -> Void = { _ in }

    func with(_ change: @escaping @Sendable (inout RepodataRecord) -> Void) -> Self {
        var package = self
        package.change = change
        return package
    }

    func write(into folder: TemporaryFolder) throws -> CondaInstallation {
        let stem = "\(name)-1.0-0"
        for (path, text) in files { _ = try folder.write(folders: "\(stem)/\(path)", Array(text.utf8)) }
        for (path, text) in more { _ = try folder.write(folders: "\(stem)/\(path)", Array(text.utf8)) }
        for (path, target) in links {
            _ = try folder.write(folders: "\(stem)/\(path).made", [])
            try #require(symlink(target, folder.path.appending(stem).pushing(FilePath(path)).string) == 0)
        }
        if let paths { _ = try folder.write(folders: "\(stem)/info/paths.json", Array(paths.utf8)) }
        if let link { _ = try folder.write(folders: "\(stem)/info/link.json", Array(link.utf8)) }
        let file = try ArchiveName(parsing: "\(stem).conda")
        var record = RepodataRecord(
            fileName: file, name: file.name, version: name == "python" ? try CondaVersion(parsing: "3.12.4") : file.version, build: "0",
            buildNumber: 0, subdir: .linux64)
        record.noarch = noarch
        change(&record)
        return CondaInstallation(
            package: try UnpackedCondaPackage(name: stem, at: folder.path.appending(stem)), record: record, url: "https://c.example/linux-64/\(stem).conda", channel: "https://c.example")
    }

    /// A list of paths with members as JSON.
    static func list(_ entries: String...) -> String { "{\"paths\": [\(entries.joined(separator: ", "))], \"paths_version\": 1}" }
}

@Suite struct PrefixTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        _ = try folder.write(folders: "env/.keep", [])
    }

    private func install(_ packages: [PlayedPackage], prefix: String = "/p/env") async throws -> PrefixReport {
        let unpacked = try packages.map { try $0.write(into: folder) }
        return try await PrefixInstaller().install(unpacked, into: folder.path.appending("env"), prefix: FilePath(prefix))
    }

    private func text(_ path: String) throws -> String { String(decoding: try folder.read("env/\(path)"), as: UTF8.self) }

    private func refusal(_ package: PlayedPackage, prefix: String = "/p/env") async throws -> CondaPrefixError? {
        await #expect(throws: CondaPrefixError.self) { try await install([package], prefix: prefix) }
    }

    @Test func placeholdersInTextAndPrograms() async throws {
        let old = "/opt/placeholder_placeholder"
        let package = PlayedPackage(
            name: "a", files: ["bin/run": "#!\(old)/bin/python -u\n\(old)\n", "lib/x.so": "\u{1}\(old)/lib:\(old)\u{0}rest\u{0}"],
            paths: PlayedPackage.list(
                "{\"_path\": \"bin/run\", \"path_type\": \"hardlink\", \"prefix_placeholder\": \"\(old)\", \"file_mode\": \"text\"}",
                "{\"_path\": \"lib/x.so\", \"path_type\": \"hardlink\", \"prefix_placeholder\": \"\(old)\", \"file_mode\": \"binary\"}"))
        _ = try await install([package])
        #expect(try text("bin/run") == "#!/p/env/bin/python -u\n/p/env\n")
        let binary = try text("lib/x.so")
        #expect(binary.utf8.count == package.files["lib/x.so"]?.utf8.count, "nothing moves")
        #expect(binary.hasPrefix("\u{1}/p/env/lib:/p/env\u{0}") && binary.hasSuffix("\u{0}rest\u{0}"))
    }

    /// Nothing behind it: no line end, no NUL. And a placeholder that the file ends within is none.
    @Test func placeholdersAtTheEndOfAFile() async throws {
        let old = "/opt/placeholder_placeholder"
        let entry = { (path: String, mode: String) in
            "{\"_path\": \"\(path)\", \"path_type\": \"hardlink\", \"prefix_placeholder\": \"\(old)\", \"file_mode\": \"\(mode)\"}"
        }
        let package = PlayedPackage(
            name: "a", files: ["text": "x \(old)", "whole": old, "program": "x\(old)", "cut": String(old.dropLast()), "none": ""],
            paths: PlayedPackage.list(
                entry("text", "text"), entry("whole", "text"), entry("program", "binary"), entry("cut", "text"), entry("none", "binary")))
        _ = try await install([package])
        #expect(try text("text") == "x /p/env" && text("whole") == "/p/env")
        #expect(try text("program") == "x/p/env" + String(repeating: "\u{0}", count: old.utf8.count - 6))
        #expect(try text("cut") == String(old.dropLast()) && text("none") == "")
    }

    @Test func firstLinesThatAreTooLong() async throws {
        let old = "/opt/placeholder"
        let entry = { (path: String) in
            "{\"_path\": \"\(path)\", \"path_type\": \"hardlink\", \"prefix_placeholder\": \"\(old)\", \"file_mode\": \"text\"}"
        }
        let package = PlayedPackage(
            name: "a", files: ["bin/py": "#!\(old)/bin/python3.12\nx\n", "bin/rb": "#!\(old)/bin/ruby -w\nx\n", "bin/sh": "#!/bin/sh\n\(old)\n"],
            paths: PlayedPackage.list(entry("bin/py"), entry("bin/rb"), entry("bin/sh")))
        let long = "/p/" + String(repeating: "x", count: 130)
        _ = try await install([package], prefix: long)
        #expect(try text("bin/py") == "#!/bin/sh\n'''exec' \"\(long)/bin/python3.12\" \"$0\" \"$@\" #'''\nx\n")
        #expect(try text("bin/rb") == "#!/usr/bin/env ruby -w\nx\n")
        #expect(try text("bin/sh") == "#!/bin/sh\n\(long)\n")
    }

    @Test func aProgramWithoutRoom() async throws {
        let package = PlayedPackage(
            name: "a", files: ["lib/x": "/short\u{0}"],
            paths: PlayedPackage.list("{\"_path\": \"lib/x\", \"path_type\": \"hardlink\", \"prefix_placeholder\": \"/short\", \"file_mode\": \"binary\"}"))
        guard case .prefixTooLong(_, "lib/x", _, 6) = try await refusal(package, prefix: "/p/much/longer/than/that") else {
            Issue.record("another error")
            return
        }
    }

    @Test func packagesForAnyPython() async throws {
        let python = PlayedPackage(
            name: "python", files: ["bin/python3.12": "x"], paths: PlayedPackage.list("{\"_path\": \"bin/python3.12\", \"path_type\": \"hardlink\"}"))
        let app = PlayedPackage(
            name: "app", files: ["site-packages/app.py": "def run(): pass\n", "python-scripts/tool": "#!python\n"],
            paths: PlayedPackage.list(
                "{\"_path\": \"site-packages/app.py\", \"path_type\": \"hardlink\"}", "{\"_path\": \"python-scripts/tool\", \"path_type\": \"hardlink\"}"),
            link: "{\"noarch\": {\"type\": \"python\", \"entry_points\": [\"app = app:run\"]}, \"package_metadata_version\": 1}", noarch: .python)
        let report = try await install([app, python])
        #expect(report.fileCount == 4)
        #expect(folder.names("env/lib/python3.12/site-packages") == ["app.py"])
        #expect(folder.names("env/bin") == ["app", "python3.12", "tool"])
        #expect(try text("bin/app").hasPrefix("#!/p/env/bin/python3.12\n"))
        #expect(folder.mode("env/bin/app").map { $0 & 0o777 } == 0o755)
        guard case .noPython = try await refusal(app) else {
            Issue.record("another error")
            return
        }
    }

    /// Modules of `noarch` packages alone, and what is in the way of another package is none.
    @Test func modulesAreCompiledAndRecorded() async throws {
        let python = PlayedPackage(
            name: "python", files: ["lib/python3.12/os.py": "x"],
            paths: PlayedPackage.list("{\"_path\": \"lib/python3.12/os.py\", \"path_type\": \"hardlink\"}"))
        let app = PlayedPackage(
            name: "app", files: ["site-packages/app/__init__.py": "", "site-packages/app/data.txt": "", "site-packages/bad.py": "("],
            paths: PlayedPackage.list(
                "{\"_path\": \"site-packages/app/__init__.py\", \"path_type\": \"hardlink\"}",
                "{\"_path\": \"site-packages/app/data.txt\", \"path_type\": \"hardlink\"}",
                "{\"_path\": \"site-packages/bad.py\", \"path_type\": \"hardlink\"}"), noarch: .python)
        let folder = folder
        _ = try await PrefixInstaller().install(
            [try python.write(into: folder), try app.write(into: folder)], into: folder.path.appending("env"), prefix: "/p/env"
        ) { modules throws(CondaPrefixError) in
            #expect(modules == ["lib/python3.12/site-packages/app/__init__.py", "lib/python3.12/site-packages/bad.py"])
            // The second one is no Python.
            #expect(throws: Never.self) {
                try folder.write(folders: "env/lib/python3.12/site-packages/app/__pycache__/__init__.cpython-312.pyc", [1, 2, 3])
            }
        }
        let record = try text("conda-meta/app-1.0-0.json")
        let parts = record.split(separator: "\"").filter { $0.hasSuffix(".pyc") }
        #expect(parts.count == 2 && Set(parts) == ["lib/python3.12/site-packages/app/__pycache__/__init__.cpython-312.pyc"])
        #expect(record.contains("\"path_type\": \"pyc_file\""))
        #expect(try !text("conda-meta/python-1.0-0.json").contains(".pyc"))
    }

    @Test func filesOfSeveralPackages() async throws {
        let entry = "{\"_path\": \"share/x\", \"path_type\": \"hardlink\"}"
        let first = PlayedPackage(name: "a", files: ["share/x": "a"], paths: PlayedPackage.list(entry))
        let second = PlayedPackage(name: "b", files: ["share/x": "b"], paths: PlayedPackage.list(entry))
        let third = PlayedPackage(name: "c", files: ["share": "c"], paths: PlayedPackage.list("{\"_path\": \"share\", \"path_type\": \"hardlink\"}"))
        let report = try await install([third, second, first])
        #expect(report.clobbered.map { "\($0.path) \($0.owner) \($0.other)" } == ["share a-1.0-0 c-1.0-0", "share/x a-1.0-0 b-1.0-0"])
        #expect(try text("share/x") == "a" && text("__clobbers__/b/share/x") == "b" && text("__clobbers__/c/share") == "c")
    }

    /// What other tools look at in a record: the architecture by its usual name, and no hash of what a link leads to.
    @Test func recordsForOtherTools() async throws {
        let hash = String(repeating: "0a", count: 32)
        _ = try await install([
            PlayedPackage(
                name: "a", links: ["lib/l": "x"],
                paths: PlayedPackage.list("{\"_path\": \"lib/l\", \"path_type\": \"softlink\", \"sha256\": \"\(hash)\"}"))
        ])
        let record = try text("conda-meta/a-1.0-0.json")
        #expect(record.contains("\"arch\": \"x86_64\",") && record.contains("\"platform\": \"linux\","))
        #expect(record.contains("\"sha256\": \"\(hash)\"") && !record.contains("sha256_in_prefix"))
    }

    /// A package from before there was a list of paths with hashes.
    @Test func olderPackages() async throws {
        let old = "/opt/anaconda1anaconda2" + "anaconda3"
        var package = PlayedPackage(name: "old", files: ["bin/a": "\(old)\n", "bin/b": "/other/prefix\n", "info/files": "bin/a\nbin/b\nbin/l\n"])
        package.files["info/has_prefix"] = "bin/a\n\"/other/prefix\" text \"bin/b\"\n"
        package.links = ["bin/l": "a"]
        _ = try await install([package])
        #expect(try text("bin/a") == "/p/env\n" && text("bin/b") == "/p/env\n")
        #expect(try text("bin/l") == "/p/env\n")
    }

    @Test(arguments: [
        "{\"_path\": \"../out\", \"path_type\": \"hardlink\"}", "{\"_path\": \"/etc/x\", \"path_type\": \"hardlink\"}",
        "{\"_path\": \"a/../../x\", \"path_type\": \"softlink\"}", "{\"_path\": \"a\\u0000b\", \"path_type\": \"hardlink\"}",
        "{\"_path\": \"not/there\", \"path_type\": \"hardlink\"}", "{\"_path\": \"not/there\", \"path_type\": \"softlink\"}",
        "{\"_path\": \"not/there\", \"path_type\": \"hardlink\", \"prefix_placeholder\": \"/x\", \"file_mode\": \"text\"}",
    ])
    func pathsThatAreRefused(_ entry: String) async throws {
        _ = try await refusal(PlayedPackage(name: "bad", files: ["x": "y"], paths: PlayedPackage.list(entry)))
        #expect(!folder.names().contains("out"))
    }

    /// CEP 20: Python's own record says where packages for any Python go.
    @Test(arguments: ["../../x", "/usr/lib", "lib/../../x", "", ".", "a\u{0}b", "conda-meta", "__clobbers__/a"])
    func placesOfPythonThatAreRefused(_ place: String) async throws {
        let python = PlayedPackage(name: "python", paths: PlayedPackage.list()).with { $0.pythonSitePackagesPath = place }
        let app = PlayedPackage(
            name: "app", files: ["site-packages/history": "x"],
            paths: PlayedPackage.list("{\"_path\": \"site-packages/history\", \"path_type\": \"hardlink\"}"), noarch: .python)
        await #expect(throws: CondaPrefixError.self) { try await install([python, app]) }
        #expect(folder.names("env") == [".keep"], "nothing was written")
        #expect(!folder.names().contains("x"))
    }

    /// Files that would pass for what the environment knows of its packages.
    @Test(arguments: [
        "conda-meta/a-1.0-0.json", "conda-meta/history", "conda-meta", "__clobbers__", "__clobbers__/b/x", "penstock.json", ".penstock.json", "Conda-Meta/A.JSON",
    ])
    func placesThatAreTheEnvironmentsOwn(_ path: String) async throws {
        let package = PlayedPackage(
            name: "bad", files: [path: "y"], paths: PlayedPackage.list("{\"_path\": \"\(path)\", \"path_type\": \"hardlink\"}"))
        guard case .reservedPath(_, path) = try await refusal(package) else {
            Issue.record("another error")
            return
        }
    }

    @Test func twoPackagesOfOneName() async throws {
        let package = try PlayedPackage(name: "a", paths: PlayedPackage.list()).write(into: folder)
        await #expect(throws: CondaPrefixError.self) {
            try await PrefixInstaller().install([package, package], into: folder.path.appending("env"), prefix: "/p/env")
        }
    }

    @Test func filesThatAreListedTwice() async throws {
        let entry = "{\"_path\": \"x\", \"path_type\": \"hardlink\"}"
        let other = "{\"_path\": \"./x\", \"path_type\": \"hardlink\"}"
        let report = try await install([PlayedPackage(name: "a", files: ["x": "1"], paths: PlayedPackage.list(entry, other))])
        #expect(report.fileCount == 1 && report.clobbered.isEmpty)
        // Also where another package has the path.
        let second = try TemporaryFolder()
        _ = try second.write(folders: "env/.keep", [])
        let folder = "{\"_path\": \"x/y\", \"path_type\": \"directory\"}"
        let loser = PlayedPackage(name: "b", files: ["x": "2"], paths: PlayedPackage.list(entry, other))
        let folders = PlayedPackage(
            name: "c", paths: PlayedPackage.list(folder, "{\"_path\": \"x\", \"path_type\": \"directory\"}", folder))
        _ = try await PrefixInstaller().install(
            try [PlayedPackage(name: "a", files: ["x": "1"], paths: PlayedPackage.list(entry)), loser, folders].map { try $0.write(into: second) },
            into: second.path.appending("env"), prefix: "/p/env")
        #expect(second.names("env/__clobbers__/b") == ["x"] && second.names("env/__clobbers__/c/x") == ["y"])
        let differing = "{\"_path\": \"y\", \"path_type\": \"hardlink\"}, {\"_path\": \"y\", \"path_type\": \"softlink\"}"
        guard case .information = try await refusal(PlayedPackage(name: "b", files: ["y": "1"], paths: PlayedPackage.list(differing))) else {
            Issue.record("another error")
            return
        }
    }

    /// To Swift these are one text, to Linux two names.
    @Test func accentsInTwoForms() async throws {
        let entries = ["caf\u{e9}", "cafe\u{301}"].map { "{\"_path\": \"\($0)\", \"path_type\": \"hardlink\"}" }
        var package = PlayedPackage(name: "a", paths: PlayedPackage.list(entries[0], entries[1]))
        package.more = [("caf\u{e9}", "1"), ("cafe\u{301}", "2")]
        let report = try await install([package])
        #expect(report.fileCount == 2 && report.clobbered.isEmpty)
    }

    /// What is called a file and is a folder.
    @Test func foldersThatAreCalledFiles() async throws {
        for kind in ["hardlink\"", "softlink\"", "hardlink\", \"prefix_placeholder\": \"/x\", \"file_mode\": \"text\""] {
            let package = PlayedPackage(
                name: "bad\(kind.utf8.count)", files: ["x/y": "y"], paths: PlayedPackage.list("{\"_path\": \"x\", \"path_type\": \"\(kind)}"))
            guard case .noFile = try await refusal(package) else {
                Issue.record("another error")
                return
            }
        }
    }

    /// Whichever of two packages has a file where the other one has a folder.
    @Test func foldersBelowFilesOfOthers() async throws {
        let first = PlayedPackage(name: "a", files: ["x": "a"], paths: PlayedPackage.list("{\"_path\": \"x\", \"path_type\": \"hardlink\"}"))
        let second = PlayedPackage(
            name: "b", paths: PlayedPackage.list("{\"_path\": \"x\", \"path_type\": \"directory\"}", "{\"_path\": \"x/y/z\", \"path_type\": \"directory\"}"))
        let report = try await install([second, first])
        #expect(try text("x") == "a")
        #expect(folder.names("env/__clobbers__/b/x/y") == ["z"])
        #expect(report.clobbered.map { "\($0.path) \($0.owner) \($0.other)" } == ["x a-1.0-0 b-1.0-0", "x/y/z a-1.0-0 b-1.0-0"])
        // The other way round the folder stays, and the file is kept aside.
        let third = PlayedPackage(name: "c", files: ["x": "c"], paths: first.paths)
        let other = try TemporaryFolder()
        _ = try other.write(folders: "env/.keep", [])
        _ = try await PrefixInstaller().install(
            [try second.write(into: other), try third.write(into: other)], into: other.path.appending("env"), prefix: "/p/env")
        #expect(other.names("env/x/y") == ["z"])
        #expect(String(decoding: try other.read("env/__clobbers__/c/x"), as: UTF8.self) == "c")
    }

    @Test(arguments: ["{", "[]", "{\"paths\": [3]}", "{\"paths\": [{\"_path\": 3}]}", "{\"paths\": [{\"_path\": \"a\", \"path_type\": \"door\"}]}", "{\"paths\": [{}]}"])
    func listsThatCannotBeRead(_ text: String) throws {
        #expect(throws: CondaPrefixError.self) { try PlayedPackage(name: "bad", paths: text).write(into: folder) }
    }

    @Test func entryPointsThatAreNoNames() throws {
        for text in ["a = os:system('x')", "../a = b:c", "a = b", "a = b:c; import os", "a\\u0000b = b:c", "a\\nb = b:c", "a\\\\b = b:c", "a\\u007f = b:c", " = b:c", "a = b\\n:c", "a = b:c\\n", "a = :c"] {
            let link = "{\"noarch\": {\"type\": \"python\", \"entry_points\": [\"\(text)\"]}}"
            #expect(throws: CondaPrefixError.self, "\(text)") {
                try PlayedPackage(name: "bad", paths: PlayedPackage.list(), link: link).write(into: folder)
            }
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
