import CondaPackaging
import CondaPrefixes
import FoundationEssentials
import SystemPackage
import TestSupport
import Testing

/// Scripts of packages, where somebody wants them to run.
@Suite struct LinkScriptTests {
    private let folder: TemporaryFolder
    private var prefix: FilePath { folder.path.appending("env") }

    init() throws {
        folder = try TemporaryFolder()
        _ = try folder.write(folders: "env/.keep", [])
    }

    private func package(_ name: String, script: String, needs: [String] = []) -> PlayedPackage {
        let path = "bin/.\(name)-post-link.sh"
        return PlayedPackage(
            name: name, files: [path: script], paths: PlayedPackage.list("{\"_path\": \"\(path)\", \"path_type\": \"hardlink\"}")
        ).with {
            $0.depends = needs
            $0.buildNumber = 7
        }
    }

    private func install(_ packages: [PlayedPackage]) async throws -> PrefixReport {
        try await PrefixInstaller().install(try packages.map { try $0.write(into: folder) }, into: prefix, prefix: prefix)
    }

    /// The only script of a package with it.
    private func script(_ text: String) async throws -> PrefixReport.LinkScript {
        try #require(try await install([package("a", script: text)]).linkScripts.first)
    }

    private func text(_ path: String) throws -> String { String(decoding: try folder.read("env/\(path)"), as: UTF8.self) }

    @Test func whatAScriptIsTold() async throws {
        let script = try await script(
            """
            {
                echo "$PREFIX $PKG_NAME $PKG_VERSION $PKG_BUILDNUM $CONDA_PREFIX"
                pwd -P
                case "$PATH" in "$PREFIX/bin:"*) echo first ;; esac
                [ -n "$BASH_VERSION" ] && [[ a == a ]] && echo bash
                echo "$FROM_ACTIVATION"
            } > "$PREFIX/told"
            echo "to be read" > "$PREFIX/.messages.txt"
            """)
        #expect(script.path == "bin/.a-post-link.sh" && script.package.name.description == "a")
        _ = try folder.write(folders: "env/etc/conda/activate.d/a.sh", Array("FROM_ACTIVATION=activated\n".utf8))
        let said = try await script.run(in: prefix)
        #expect(said == "to be read\n")
        let real = try #require(realpath(prefix.string, nil).map { String(cString: $0) })
        let lines = try text("told").split(separator: "\n").map(String.init)
        #expect(lines.first == "\(prefix) a 1.0 7 \(prefix)" && lines.dropFirst().first == real)
        #expect(lines.contains("first") && lines.contains("activated"))
        #expect(!folder.names("env").contains { $0.hasPrefix(".messages") || $0.hasPrefix(".penstock") })
    }

    @Test func whatFailsSaysWhy() async throws {
        for (number, row) in [
            ("echo one; echo 'no such thing' >&2; exit 3", "no such thing"), ("exit 3", "it ended with 3 and said nothing"),
            ("echo 'a message' > $PREFIX/.messages.txt; exit 1", "a message"), ("kill -9 $$", "it was ended by the signal 9"),
        ].enumerated() {
            let folder = try TemporaryFolder()
            _ = try folder.write(folders: "env/.keep", [])
            let prefix = folder.path.appending("env")
            let report = try await PrefixInstaller().install(
                [try package("a", script: row.0).write(into: folder)], into: prefix, prefix: prefix)
            let error = await #expect(throws: CondaPrefixError.self, "\(number)") { try await report.linkScripts.first?.run(in: prefix) }
            guard case .scriptFailed("a-1.0-0.conda", "bin/.a-post-link.sh", row.1) = error else {
                Issue.record("\(number): \(error as Any)")
                continue
            }
        }
    }

    /// A message that is a link is no message: it could show any file of the person.
    @Test func messagesThatAreLinks() async throws {
        let script = try await script("ln -s /etc/passwd $PREFIX/.messages.txt")
        await #expect(throws: CondaPrefixError.self) { try await script.run(in: prefix) }
    }

    @Test func whoPrintsTooMuchIsStopped() async throws {
        let script = try await script("while :; do echo 0123456789012345678901234567890123456789012345678901234567890123456789; done")
        let error = await #expect(throws: CondaPrefixError.self) { try await script.run(in: prefix) }
        guard case .scriptFailed(_, _, "it printed more than 16 MiB") = error else {
            Issue.record("\(error as Any)")
            return
        }
    }

    /// What a script leaves running is nobody's to wait for, and ends.
    @Test(.timeLimit(.minutes(2))) func whatIsLeftRunningEnds() async throws {
        let script = try await script("sleep 1000 & echo $! > $PREFIX/child")
        try await script.run(in: prefix)
        let child = try #require(Int32(try text("child").trimmed))
        await waitForEnd(of: child)
    }

    @Test(.timeLimit(.minutes(2))) func cancellingEndsTheScript() async throws {
        let script = try await script("echo $$ > $PREFIX/started; mv $PREFIX/started $PREFIX/pid; sleep 1000")
        let prefix = prefix
        let running = Task { try await script.run(in: prefix) }
        while !folder.names("env").contains("pid") { try await Task.sleep(for: .milliseconds(10)) }
        running.cancel()
        let result = await running.result
        guard case .failure(let error) = result, case .cancelled = error as? CondaPrefixError else {
            Issue.record("\(result)")
            return
        }
        let process = try #require(Int32(try text("pid").trimmed))
        await waitForEnd(of: process)
    }

    /// What others depend on comes first, also where packages depend on each other in a circle.
    @Test func scriptsRunInOrder() async throws {
        let report = try await install([
            package("app", script: "", needs: ["lib >=1", "tool"]), package("lib", script: "", needs: ["base"]), package("base", script: ""),
            package("tool", script: "", needs: ["lib"]), package("ring-a", script: "", needs: ["ring-b"]),
            package("ring-b", script: "", needs: ["ring-a"]),
        ])
        let names = report.linkScripts.map { $0.package.name.description }
        #expect(names.count == 6)
        let order = ["base", "lib", "tool", "app"].compactMap { names.firstIndex(of: $0) }
        #expect(order == order.sorted() && order.count == 4)
    }

    /// A signal needs its time to be heard.
    private func waitForEnd(of process: Int32) async {
        while kill(process, 0) == 0, !isEnded(process) { try? await Task.sleep(for: .milliseconds(5)) }
    }

    /// Whether a process ended that nobody has waited for yet.
    private func isEnded(_ process: Int32) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else { return true }
        return status.contains(") Z ") || status.contains(") X ")
    }
}

extension String {
    fileprivate var trimmed: String { filter { !$0.isWhitespace } }
}

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif
