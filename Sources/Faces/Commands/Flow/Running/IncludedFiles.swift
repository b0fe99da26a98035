import Diagnostics
import FlowModel
import FoundationEssentials
import Glibc

/// The files that a run takes in (`IncludeFile`), looked at before the run begins.
struct IncludedFiles {
    /// - Throws: `IncludedFileError` for the first path that cannot be read.
    static func check(_ parameters: [ParameterDescription], _ values: ParameterValues) throws(IncludedFileError) {
        for parameter in parameters where parameter.type == .file {
            guard let path = path(parameter, values), let reason = reason(against: path) else { continue }
            throw IncludedFileError(option: parameter.name, path: path, reason: reason)
        }
    }

    private static func path(_ parameter: ParameterDescription, _ values: ParameterValues) -> String? {
        if case .text(let path) = values.given[parameter.name] { return path }
        guard case .string(let path) = parameter.defaultValue else { return nil }
        return path
    }

    /// Why a file cannot be read. It is not opened: it may be a pipe. Addresses are for the worker to refuse.
    private static func reason(against path: String) -> String? {
        if path.dropFirst().contains("://") { return nil }
        let expanded = HomeFolder.expand(path, ProcessInfo.processInfo.environment)
        guard access(expanded, R_OK) == 0 else { return String(cString: strerror(errno)) }
        var status = stat()
        return stat(expanded, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR ? "It is a folder" : nil
    }
}

/// A file that a run was to take in.
struct IncludedFileError: DiagnosticError {
    var option: String
    var path: String
    var reason: String

    var diagnostic: Diagnostic {
        Diagnostic(
            .usage, "the file of option '--\(option)' cannot be read", file: path, details: [reason],
            help: "write --\(option) FILE")
    }
}
