import CondaPackaging
import PythonPackaging
import Resolution
import Testing

/// Refusals across both worlds word for word. Read them aloud when they change.
@Suite("Refusals across conda and indexes in words")
struct JointConflictTests {
    struct Golden: Sendable, CustomTestStringConvertible {
        let name: String
        var channel = table
        var index = projects
        var direct = ""
        let conda: [String]
        let pypi: [String]
        /// Whether steps of a flow ask, and not a person.
        var isFlow = false
        var preference = WorldPreference()
        var names: [String: [String]] = [:]
        let text: String
        var testDescription: String { name }
    }

    static let table = """
        python 3.12.4 1_cpython
        python 3.11.9 1_cpython
        numpy 2.4.6 py312 (has numpy 2.4.6): python >=3.12,<3.13.0a0
        numpy 2.4.6 py311 (has numpy 2.4.6): python >=3.11,<3.12.0a0
        numpy 2.1.0 py312 (has numpy 2.1.0): python >=3.12,<3.13.0a0
        numpy 1.26.4 py311 (has numpy 1.26.4): python >=3.11,<3.12.0a0
        scipy 1.14 py312 (has scipy 1.14): python >=3.12,<3.13.0a0 | numpy >=2
        scipy 1.14 py311 (has scipy 1.14): python >=3.11,<3.12.0a0 | numpy >=2
        oldtool 1.0: python >=3.11,<3.12.0a0
        pytorch 2.4 py (has torch 2.4): python
        dask 2024.1 py (has dask 2024.1, extra dask array numpy>=3): python
        gpu 1.0: __cuda >=12
        """

    static let projects = """
        pandas 2.2: numpy>=1.26
        pandas 1.5: numpy<2
        numpy 2.5
        numpy 2.1
        numpy 1.25
        vision 1: torch>=2.5
        torch 2.6
        torch 2.4
        new 1 (wheel cp312-cp312-manylinux_2_17_x86_64)
        newer 2 (python >=3.13)
        array 1: dask[array]
        dask 2025.1 (extra array): numpy>=3; extra == 'array'
        lone 1: numpy==1.26.4
        lost 1: nowhere
        """

    static let goldens: [Golden] = [
        .init(
            name: "versions of a stand-in", conda: ["numpy>=2"], pypi: ["pandas<2"],
            text: """
                conda's numpy>=2 and pandas<2 do not go together
                  1. You asked for conda's numpy>=2 and pandas<2.
                  2. pandas 1.5 needs numpy<2.
                  3. conda's numpy is the project numpy itself, so no other numpy can be installed beside it.
                help: conda's numpy 1.26.4 would go with everything else: change conda's numpy>=2
                help: pandas 2.2 would go with everything else: change pandas<2
                """),
        .init(
            name: "versions of a stand-in, in a flow", conda: ["numpy>=2"], pypi: ["pandas<2"], isFlow: true,
            text: """
                conda's numpy>=2 and pandas<2 do not go together
                  1. Step 'a' (@conda) asks for numpy>=2 (flow.py:10).
                  2. Step 'a' (@pypi) asks for pandas<2 (flow.py:12).
                  3. pandas 1.5 needs numpy<2.
                  4. conda's numpy is the project numpy itself, so no other numpy can be installed beside it.
                help: conda's numpy 1.26.4 would go with everything else: change numpy>=2 (flow.py:10)
                help: pandas 2.2 would go with everything else: change pandas<2 (flow.py:12)
                """),
        .init(
            name: "a project that both need", conda: ["scipy"], pypi: ["pandas<2"],
            text: """
                conda's scipy and pandas<2 do not go together
                  1. You asked for conda's scipy and pandas<2.
                  2. scipy 1.14 needs conda's numpy >=2, and pandas 1.5 needs numpy<2.
                  3. conda's numpy is the project numpy itself, so no other numpy can be installed beside it.
                help: pandas 2.2 would go with everything else: change pandas<2
                """),
        .init(
            name: "the same project asked of both", conda: ["numpy=2.4"], pypi: ["numpy<2"],
            text: """
                conda's numpy=2.4 and numpy<2 do not go together
                  You asked for conda's numpy=2.4 and numpy<2, but conda's numpy is the project numpy itself, so no other numpy can be installed beside it.
                help: conda's numpy 1.26.4 would go with everything else: change conda's numpy=2.4
                help: numpy 2.4.6 would go with everything else: change numpy<2
                """),
        .init(
            name: "a wheel for another Python than conda holds", conda: ["python=3.11"], pypi: ["new"], isFlow: true,
            text: """
                new has no wheel for CPython 3.11 on Linux x86_64
                  1. Step 'a' (@pypi) asks for new (flow.py:12), but new 1 has no wheel for CPython 3.11 on Linux x86_64 (there are wheels for CPython 3.12).
                  2. Python is 3.11 here, because step 'a' (@conda) asks for python=3.11 (flow.py:10).
                help: Python 3.12 would do for new 1
                help: python 3.12.4 would go with everything else: change python=3.11 (flow.py:10)
                """),
        .init(
            name: "a Python that another conda package holds", conda: ["oldtool"], pypi: ["new"],
            text: """
                new has no wheel for CPython 3.11 on Linux x86_64
                  1. You asked for new, but new 1 has no wheel for CPython 3.11 on Linux x86_64 (there are wheels for CPython 3.12).
                  2. Python is 3.11 here, because you asked for oldtool, and oldtool 1.0 needs python >=3.11,<3.12.0a0.
                help: Python 3.12 would do for new 1
                """),
        .init(
            name: "no Python is new enough", conda: ["python"], pypi: ["newer"],
            text: """
                newer does not support Python 3.12.4
                  You asked for newer, but newer 2 needs Python >=3.13, not 3.12.4.
                help: Python 3.13 would do for newer 2; conda has only 3.11.9 and 3.12.4
                """),
        .init(
            name: "an extra of a stand-in", conda: ["dask"], pypi: ["array"],
            text: """
                conda's dask and array do not go together
                  1. You asked for conda's dask and array.
                  2. array 1 needs dask[array].
                  3. conda's dask is the project dask itself, so no other dask can be installed beside it.
                  4. conda's dask[array] 2024.1 needs numpy>=3, but the newest numpy is 2.5.
                """),
        .init(
            name: "a package of another name", conda: ["pytorch"], pypi: ["vision"],
            text: """
                conda's pytorch and vision do not go together
                  1. You asked for conda's pytorch and vision.
                  2. vision 1 needs torch>=2.5.
                  3. pytorch 2.4 has the project torch 2.4 in it, so no other torch can be installed beside it.
                """),
        .init(
            name: "a package of another name, as the person says", conda: ["pytorch"], pypi: ["vision"], names: ["pytorch": ["torch"]],
            text: """
                conda's pytorch and vision do not go together
                  1. You asked for conda's pytorch and vision.
                  2. vision 1 needs torch>=2.5.
                  3. pytorch 2.4 has the project torch 2.4 in it, so no other torch can be installed beside it.
                """),
        .init(
            name: "a URL against a conda package", direct: "/src/numpy = numpy 1.27", conda: ["numpy"], pypi: ["numpy @ file:///src/numpy"],
            text: """
                conda's numpy and numpy @ /src/numpy do not go together
                  1. You asked for conda's numpy and numpy @ file:///src/numpy.
                  2. conda's numpy is the project numpy itself, so no other numpy can be installed beside it.
                """),
        .init(
            name: "only conda has the version, for another Python", conda: ["python=3.12"], pypi: ["lone"],
            text: """
                conda's python=3.12 and lone do not go together
                  1. You asked for conda's python=3.12 and lone.
                  2. lone 1 needs numpy==1.26.4, which only conda has.
                  3. conda's numpy 1.26.4 needs python >=3.11,<3.12.0a0.
                help: conda's python 3.11.9 would go with everything else: change conda's python=3.12
                """),
        .init(
            name: "another reason with each Python", conda: ["python"], pypi: ["lone", "new"],
            text: """
                lone cannot be installed (with Python 3.12)
                  1. You asked for lone.
                  2. lone 1 needs numpy==1.26.4, which only conda has.
                  3. conda's numpy 1.26.4 needs python >=3.11,<3.12.0a0, and this was tried with Python 3.12.
                  4. With Python 3.11: new has no wheel for CPython 3.11 on Linux x86_64.
                """),
        .init(
            name: "a conda package that is no project", conda: ["python"], pypi: ["gpu"],
            text: """
                gpu is not on the package index
                  You asked for gpu, which the package index https://index.example/simple does not have.
                help: gpu is a conda package and no Python project: ask conda for it
                """),
        .init(
            name: "nobody has it", conda: ["python"], pypi: ["lost"],
            text: """
                lost cannot be installed: it needs nowhere, which is neither on the package index nor in the channel main
                  You asked for lost, but lost 1 needs nowhere, which neither the package index https://index.example/simple nor the channel main has.
                help: check the spelling of nowhere, and which package index is asked
                """),
        .init(
            name: "nothing to do with indexes", conda: ["gpu", "python"], pypi: ["pandas"],
            text: """
                gpu cannot be installed: it needs __cuda, which the target linux-64 does not have
                  You asked for gpu, but gpu 1.0 needs __cuda >=12, which the target linux-64 does not have.
                help: if the machines that will run this have __cuda, say so with CONDA_OVERRIDE_CUDA=VERSION
                """),
        .init(
            name: "nothing to do with conda", conda: ["python"], pypi: ["pandas<2", "numpy>=2"],
            text: """
                pandas<2 and numpy>=2 do not go together
                  You asked for pandas<2 and numpy>=2, but pandas 1.5 needs numpy<2.
                help: pandas 2.2 would go with everything else: change pandas<2
                help: numpy 1.25 would go with everything else: change numpy>=2
                """),
    ]

    private static func roots(_ golden: Golden) throws -> [RootRequirement] {
        try golden.pypi.map { text in
            try RootRequirement(parsing: text, asker: golden.isFlow ? Asker("step 'a' (@pypi)", file: "flow.py", line: 12) : nil)
        }
    }

    /// The refusal as a person sees it.
    static func words(_ golden: Golden) async throws -> String {
        var world = try JointWorld(channel: golden.channel, index: golden.index, direct: golden.direct)
        world.preference = golden.preference
        var names: [CondaName: [PackageName]] = [:]
        for (name, projects) in golden.names { names[try CondaName(parsing: name)] = try projects.map { try PackageName(parsing: $0) } }
        world.names = ProjectNameMapping(names)
        if golden.isFlow { world.asker = Asker("step 'a' (@conda)", file: "flow.py", line: 10) }
        do {
            return "solved: \(try await world.answer(conda: golden.conda, pypi: try roots(golden)).words)"
        } catch ResolutionError.noSolution(let conflict) {
            return conflict.asShown
        }
    }

    @Test("golden texts", arguments: goldens)
    func golden(_ golden: Golden) async throws {
        #expect(try await Self.words(golden) == golden.text)
    }
}
