package import Diagnostics
package import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Why a code package could not be made.
package enum CodePackageError: DiagnosticError, Equatable {
    /// A link whose name belongs to the package leads nowhere.
    case danglingLink(FilePath)
    /// A name that belongs to the package stands for a pipe, socket or device.
    case notAFile(FilePath)
    /// A name that cannot stand in an archive.
    case unusableName(FilePath)
    /// Two files claim one place.
    case conflict(path: String, FilePath, FilePath)
    /// A declared pattern means nothing below the flow's folder.
    case noSuchData(pattern: String, FilePath)
    /// A declared pattern is none, or leads out of the flow's folder.
    case badData(pattern: String, FilePath)
    /// A limit of `PackageLimits` was passed.
    case tooMuch(what: String, folder: FilePath)
    /// The operating system refused; `code` is an `errno`.
    case system(FilePath, operation: String, code: Int32)

    package var diagnostic: Diagnostic {
        Diagnostic(failureClass, headline, file: file?.string, help: help)
    }

    private var failureClass: FailureClass {
        if case .system = self { return .infrastructure }
        return .user
    }

    private var file: FilePath? {
        switch self {
        case .danglingLink(let path), .notAFile(let path), .unusableName(let path): path
        case .tooMuch(_, let folder): folder
        case .system(let path, _, _): path
        case .noSuchData(_, let folder), .badData(_, let folder): folder
        case .conflict: nil
        }
    }

    private var headline: String {
        switch self {
        case .danglingLink(let path): "the code package needs \(path), a link that leads nowhere"
        case .notAFile(let path): "the code package needs \(path), which is no regular file"
        case .unusableName(let path): "\(path) has a name that cannot stand in a code package"
        case .conflict(let place, let first, let second):
            "two files claim '\(place)' in the code package: \(first) and \(second)"
        case .noSuchData(let pattern, let folder):
            "the flow declares '\(pattern)' with @package_data, and nothing below \(folder) is meant by it"
        case .badData(let pattern, _): "@package_data names '\(pattern)', which is no pattern of files below the flow's folder"
        case .tooMuch(let what, let folder): "the code package would hold \(what): \(folder) is packed with all below it"
        case .system(let path, let operation, let code):
            "\(path) cannot be packed (\(operation): \(String(cString: strerror(code))))"
        }
    }

    private var help: String? {
        switch self {
        case .danglingLink: "Remove the link, or make what it leads to."
        case .notAFile: "Move it out of the flow's folder, or rename it."
        case .unusableName: "Rename it: UTF-8, without a backslash, at most 255 bytes."
        case .conflict: "Rename one of them."
        case .noSuchData: "Put the file there, or correct the pattern; files in hidden folders cannot be declared."
        case .badData: "Write a path below the folder of the flow file: data/prices.csv, models/, prompts/*.txt."
        case .tooMuch: "Move the flow file to a folder of its own, or name fewer --package-suffixes."
        case .system: nil
        }
    }
}
