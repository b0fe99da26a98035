internal import CondaSolving
internal import PythonPackaging

extension CondaScene {
    /// What was known when an attempt failed.
    init(_ half: CondaHalf, _ projects: ProjectBook) {
        self.init(book: half.book, contents: half.setting.contents, target: half.setting.target)
        for (name, project) in projects.projects where !project.table.standIns.isEmpty {
            for candidate in 0..<project.table.count {
                guard let found = project.table.standIn(of: candidate) else { continue }
                standIns[name, default: [:]][candidate] =
                    StandIn(package: found.package, record: found.record, version: found.version)
            }
        }
    }
}

extension CondaSupply {
    /// What was known when an attempt failed, with the proof that there is no other Python, where there is none.
    func scene(_ half: CondaHalf, _ projects: ProjectBook) async -> CondaScene {
        var scene = CondaScene(half, projects)
        var search = CondaPythonSearch(half.setting, book: half.book, after: [half.python])
        guard case .failed(let proof)? = try? await search.next(source) else { return scene }
        scene.book = search.book
        var asked = CondaRequest(half.setting.requirements, channels: [])
        asked.constraints = half.setting.constraints
        scene.pythonHold = CondaProof(asked, search.book).derivation(proof)
        return scene
    }
}
