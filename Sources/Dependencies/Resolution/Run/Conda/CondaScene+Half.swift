internal import CondaSolving

extension CondaSupply {
    /// What was known when an attempt failed, with the proof that there is no other Python, where there is none.
    func scene(_ half: CondaHalf) async -> CondaScene {
        var scene = CondaScene(book: half.book, contents: half.setting.contents, target: half.setting.target)
        var search = CondaPythonSearch(half.setting, book: half.book, after: [half.python])
        guard case .failed(let proof)? = try? await search.next(source) else { return scene }
        scene.book = search.book
        var asked = CondaRequest(half.setting.requirements, channels: [])
        asked.constraints = half.setting.constraints
        scene.pythonHold = CondaProof(asked, search.book).derivation(proof)
        return scene
    }
}
