import Diagnostics
import Lockfiles
import PythonPackaging

/// A package that a report was to be about, and that is in no lock.
struct PackageNotLocked: DiagnosticError {
    let name: AnyPackageName
    let places: [String]
    let known: [String]

    init(_ name: AnyPackageName, in reported: [ReportedLock]) {
        self.name = name
        places = reported.map(\.title).filter { !$0.isEmpty }
        known = reported.flatMap { { graph in (0..<graph.count).map { graph.package(at: $0).name } }($0.graph) }
    }

    var diagnostic: Diagnostic {
        let place = places.isEmpty ? "among the packages" : "in \(places.joined(separator: " or "))"
        return Diagnostic(
            .user, "\(name) is not \(place)",
            help: Nearest(name.description, of: known).help ?? "penstock tree shows what there is")
    }
}
