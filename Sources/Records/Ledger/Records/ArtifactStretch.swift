package import Datastore
package import FlowModel

/// The artifacts of several tasks of a step. What tasks have from the same attempt before them stands here once.
package struct ArtifactStretch: Sendable, Hashable {
    /// One task, at its newest attempt that is done, else at the newest that has started.
    package struct Part: Sendable, Hashable {
        package var task: TaskID
        package var attempt: AttemptNumber
        /// When the attempt ended; while it runs, when it began.
        package var storedAt: WallTime
        /// What the attempt stored, sorted by name.
        package var own: [ArtifactRecord]
        /// Which of `bases` it has besides, where it has not stored the same name itself.
        package var base: Int?
    }

    package var parts: [Part] = []
    package var bases: [[ArtifactRecord]] = []

    /// Leaves out artifacts.
    package mutating func keep(_ isKept: (ArtifactRecord) -> Bool) {
        for index in bases.indices { bases[index].removeAll { !isKept($0) } }
        for index in parts.indices { parts[index].own.removeAll { !isKept($0) } }
    }
}

/// Which artifacts of a task are asked for.
package struct ArtifactChoice: Sendable, Hashable {
    /// Only those of these names; all of them without.
    package var names: [String]?
    /// Whether names that begin with `_` are left out.
    package var publicOnly: Bool

    package init(names: [String]? = nil, publicOnly: Bool = false) {
        self.names = names
        self.publicOnly = publicOnly
    }

    package func includes(_ name: String) -> Bool {
        names?.contains(name) ?? true && !(publicOnly && name.hasPrefix("_"))
    }
}
