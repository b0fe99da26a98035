internal import PythonPackaging

/// The requirements that a project's lists come to, with groups and its own extras put in their places.
struct ProjectExpansion {
    struct Item {
        var entry: RequestTable.Text
        var scope: SourceTable.Scope
        /// The condition under which the project's own extra is asked for.
        var marker: Marker?
    }

    let project: ProjectFile
    private(set) var items: [Item] = []
    private var taken: Set<Taken> = []
    /// What is being put in at the moment, from the outside in.
    private var path: [SourceTable.Scope] = []

    private struct Taken: Hashable {
        var scope: SourceTable.Scope
        var marker: Marker?
    }

    /// More lists within lists, and more requirements, than anybody writes.
    private static let maximumDepth = 100
    private static let maximumItems = 10_000

    init(_ project: ProjectFile) { self.project = project }

    mutating func takeDependencies() throws(RequestError) { try take(.project, marker: nil) }

    mutating func take(extra name: ExtraName) throws(RequestError) { try take(.extra(name), marker: nil) }

    mutating func take(group name: ExtraName) throws(RequestError) { try take(.group(name), marker: nil) }

    private mutating func take(_ scope: SourceTable.Scope, marker: Marker?, line: Int? = nil) throws(RequestError) {
        if path.contains(scope) {
            // An extra that includes itself adds nothing; for groups that is an error (PEP 735).
            guard case .group = scope else { return }
            throw RequestError(.cycle((path.drop { $0 != scope } + [scope]).map(\.name)), file: project.file, line: line)
        }
        guard taken.insert(Taken(scope: scope, marker: marker)).inserted else { return }
        guard path.count < Self.maximumDepth, items.count < Self.maximumItems else {
            throw RequestError(.tooDeep, file: project.file, line: line)
        }
        path.append(scope)
        defer { path.removeLast() }
        switch scope {
        case .project: for entry in try project.dependencies() { try take(entry, scope, marker) }
        case .extra(let name): for entry in try project.dependencies(ofExtra: name) { try take(entry, scope, marker) }
        case .group(let name):
            for entry in try project.entries(ofGroup: name, line: line) {
                switch entry {
                case .requirement(let text): try take(text, scope, marker)
                case .include(let other, let line): try take(.group(other), marker: marker, line: line)
                }
            }
        }
    }

    /// A requirement; one for the project itself stands for its extras, and in a group for its dependencies too.
    private mutating func take(
        _ entry: RequestTable.Text, _ scope: SourceTable.Scope, _ marker: Marker?
    ) throws(RequestError) {
        guard let requirement = try? Requirement(parsing: entry.text), requirement.name == project.name,
            requirement.source.isRegistry
        else {
            items.append(Item(entry: entry, scope: scope, marker: marker))
            return
        }
        let condition = requirement.marker.map { own in marker.map { $0.and(own) } ?? own } ?? marker
        if case .group = scope { try take(.project, marker: condition, line: entry.line) }
        for extra in requirement.extras { try take(.extra(extra), marker: condition, line: entry.line) }
    }
}

extension SourceTable.Scope {
    /// Of the group or extra.
    fileprivate var name: String {
        switch self {
        case .project: "dependencies"
        case .extra(let name), .group(let name): name.description
        }
    }
}

extension Requirement.Source {
    var isRegistry: Bool { if case .registry = self { true } else { false } }
}
