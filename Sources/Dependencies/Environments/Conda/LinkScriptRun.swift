import Archives
import CFileNames
import CondaPackaging
import CondaPrefixes
import Diagnostics
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Runs the scripts of linked packages.
///
/// Files of packages name the place of the environment, and so may programs that scripts call: the draft stands at its place while
/// they run. What marks it as an environment, its listing, is missing for so long, so that nobody takes it for one; a process
/// that ends in between leaves something that the next build replaces.
struct LinkScriptRun: Sendable {
    let draft: FilePath
    let place: FilePath
    let progress: ProgressSink

    func run(_ scripts: [PrefixReport.LinkScript]) async throws(EnvironmentError) {
        if scripts.isEmpty { return }
        let isExchanged = try await BlockingWork.run { () throws(EnvironmentError) in try putInPlace() }
        do throws(CondaPrefixError) {
            for script in scripts {
                let said = try await script.run(in: place)
                if let said { progress(.note("\(script.package.fileName.stem) says: \(Self.oneLine(said))")) }
            }
        } catch {
            try await BlockingWork.run { () throws(EnvironmentError) in try takeBack(isExchanged) }
            if case .cancelled = error { throw .cancelled }
            throw Task.isCancelled ? .cancelled : .conda(cause: error)
        }
        try await BlockingWork.run { () throws(EnvironmentError) in try takeBack(isExchanged) }
    }

    /// - Returns: whether something stood there, which has the name of the draft now.
    private func putInPlace() throws(EnvironmentError) -> Bool {
        if rename(draft.string, place.string) == 0 { return false }
        guard errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR else { throw failure }
        guard penstock_exchange_names(draft.string, place.string) == 0 else { throw failure }
        return true
    }

    private func takeBack(_ isExchanged: Bool) throws(EnvironmentError) {
        let isBack = isExchanged
            ? penstock_exchange_names(draft.string, place.string) == 0 : rename(place.string, draft.string) == 0
        if !isBack { throw failure }
    }

    private var failure: EnvironmentError { .system(operation: "run scripts of conda packages in", path: place.string, code: errno) }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " } }.filter { !$0.isEmpty }.joined(separator: " ")
    }
}
