import Diagnostics
import PythonPackaging
import Resolution
import Testing

/// Refusals word for word. Read them aloud when they change.
@Suite("Refusals in words")
struct ConflictWordsTests {
    struct Golden: Sendable, CustomTestStringConvertible {
        let name: String
        let index: String
        let asked: [String]
        var python = "3.12.4"
        let text: String
        var testDescription: String { name }
    }

    static let goldens: [Golden] = [
        .init(
            name: "unknown project",
            index: "a 1",
            asked: ["pandsa>=2"],
            text: """
                pandsa is not on the package index
                  You asked for pandsa>=2, which the package index https://index.example/simple does not have.
                help: did you mean pandas?
                """),
        .init(
            name: "unknown project further down",
            index: "a 1: b\nb 2: gone\nb 1: gone>3",
            asked: ["a"],
            text: """
                a cannot be installed: it needs gone, which is not on the package index
                  1. You asked for a.
                  2. a 1 needs b.
                  3. All versions of b need gone, which the package index https://index.example/simple does not have.
                help: check the spelling of gone, and which package index is asked
                """),
        .init(
            name: "no such version",
            index: "a 1.0\na 1.1\na 1.2\na 1.3\na 2.0",
            asked: ["a>=3"],
            text: """
                There is no a>=3
                  You asked for a>=3, but the newest a is 2.0.
                help: a 2.0 would go with everything else: change a>=3
                """),
        .init(
            name: "no such version further down",
            index: "a 1: b>5\nb 1\nb 2",
            asked: ["a"],
            text: """
                a cannot be installed
                  1. You asked for a.
                  2. a 1 needs b>5, but the newest b is 2.
                """),
        .init(
            name: "two demands",
            index: "a 1\na 2",
            asked: ["a==1", "a==2"],
            text: """
                a==1 and a==2 contradict each other
                  You asked for a==1 and a==2.
                help: a 2 would go with everything else: change a==1
                help: a 1 would go with everything else: change a==2
                """),
        .init(
            name: "a demand against a dependency",
            index: "pandas 2: numpy<2\npandas 1: numpy<1\nnumpy 2.1\nnumpy 1.0\nnumpy 0.9",
            asked: ["pandas>=2", "numpy>=2"],
            text: """
                pandas>=2 and numpy>=2 do not go together
                  You asked for pandas>=2 and numpy>=2, but pandas 2 needs numpy<2.
                help: numpy 1.0 would go with everything else: change numpy>=2
                """),
        .init(
            name: "a chain",
            index: "a 1: b\nb 1: c\nc 1: d\nd 1: e<2\ne 2\ne 1",
            asked: ["a", "e==2"],
            text: """
                a and e==2 do not go together
                  1. You asked for a and e==2.
                  2. a 1 needs b, b 1 needs c, and c 1 needs d.
                  3. d 1 needs e<2.
                help: e 1 would go with everything else: change e==2
                """),
        .init(
            name: "Python too old",
            index: "a 4 (python >=3.14)\na 3 (python >=3.14)\na 2 (python >=3.13)\na 1 (python >=3.8)",
            asked: ["a>1"],
            text: """
                a>1 does not support Python 3.12.4
                  You asked for a>1, but a 2 and newer need Python >=3.13 or >=3.14, not 3.12.4.
                help: Python 3.13 would do for a 2
                help: a 1 would go with everything else: change a>1
                """),
        .init(
            name: "Python too old for a dependency",
            index: "a 1: b>=2\nb 2 (python >=3.10)\nb 1",
            asked: ["a"],
            python: "3.9.18",
            text: """
                a cannot be installed with Python 3.9.18
                  1. You asked for a.
                  2. a 1 needs b>=2, and b 2 needs Python >=3.10, not 3.9.18.
                help: Python 3.10 would do for b 2
                """),
        .init(
            name: "no wheel for this machine",
            index: "a 2 (wheel cp312-cp312-win_amd64 cp312-cp312-macosx_11_0_arm64)\na 1 (wheel cp311-cp311-win_amd64)",
            asked: ["a"],
            text: """
                a has no wheel for CPython 3.12 on Linux x86_64
                  You asked for a, but no version of a has a wheel for CPython 3.12 on Linux x86_64 (there are wheels for Windows x86-64 and macOS 11.0 arm64).
                """),
        .init(
            name: "no wheel for this Python",
            index: "a 1 (wheel cp39-cp39-manylinux_2_17_x86_64 cp310-cp310-manylinux_2_17_x86_64)",
            asked: ["a"],
            text: """
                a has no wheel for CPython 3.12 on Linux x86_64
                  You asked for a, but a 1 has no wheel for CPython 3.12 on Linux x86_64 (there are wheels for CPython 3.9 and 3.10).
                help: Python 3.10 would do for a 1
                """),
        .init(
            name: "only source distributions",
            index: "a 3 (sdist only)\na 2 (sdist only)\na 1 (sdist only)",
            asked: ["a"],
            text: """
                a has only source distributions
                  You asked for a, but all versions of a have only source distributions, which cannot be built here.
                """),
        .init(
            name: "yanked",
            index: "a 2 (yanked because of a bad build)\na 1",
            asked: ["a>=2"],
            text: """
                Only yanked versions fulfil a>=2
                  You asked for a>=2, but a 2 was yanked ("of a bad build").
                help: to use a 2 although it was yanked, ask for a==2
                help: a 1 would go with everything else: change a>=2
                """),
        .init(
            name: "many versions, one reason each",
            index: "a 5: b==5\na 4: b==4\na 3: b==3\na 2: b==2\na 1: b==1\nb 1\nb 2\nb 3\nb 4\nb 5\nb 6",
            asked: ["a", "b==6"],
            text: """
                a and b==6 do not go together
                  You asked for a and b==6, but all versions of a need b 5 or older.
                help: b 5 would go with everything else: change b==6
                """),
        .init(
            name: "two ways, both closed",
            index: "foo 1: a==1|b==1\nfoo 2: x==1|y==1\na 1: b==2\nb 1\nb 2\nx 1: y==2\ny 1\ny 2",
            asked: ["foo"],
            text: """
                foo cannot be installed
                  1. foo 1 cannot be used: foo 1 needs a==1, a 1 needs b==2, and foo 1 needs b==1.
                  2. foo 2 cannot be used: foo 2 needs x==1, x 1 needs y==2, and foo 2 needs y==1.
                  3. You asked for foo, but no version of foo can be used (1, 2).
                """),
        .init(
            name: "extras",
            index: "a 2 (extra x): b<2; extra == 'x'\na 1 (extra x): b<2; extra == 'x'\nb 1\nb 2",
            asked: ["a[x]", "b>=2"],
            text: """
                a[x] and b>=2 do not go together
                  You asked for a[x] and b>=2, but all versions of a[x] need b<2.
                help: b 1 would go with everything else: change b>=2
                """),
        .init(
            name: "unreadable metadata",
            index: "a 1: b ^1.0",
            asked: ["a"],
            text: """
                No version of a can be used
                  1. You asked for a.
                  2. a 1 has metadata that cannot be read: 'b ^1.0' is not a requirement: expected a version specifier, ';' and a marker, or the end at column 3.
                """),
        .init(
            name: "a URL in metadata",
            index: "a 1: b @ https://files.example/b-1-py3-none-any.whl",
            asked: ["a"],
            text: """
                No version of a can be used
                  You asked for a, but a 1 needs b from a URL, which only you may ask for.
                """),
        .init(
            name: "stable versions contradict, and so does the pre-release",
            index: "a 2.0rc1: b==1\na 1.0: b==1\nb 1\nb 2",
            asked: ["a", "b==2"],
            text: """
                a and b==2 do not go together
                  You asked for a and b==2, but all versions of a need b==1.
                help: b 1 would go with everything else: change b==2
                """),
        .init(
            name: "mixed reasons",
            index: "a 4 (sdist only)\na 3 (python >=3.13)\na 2 (wheel cp312-cp312-win_amd64)\na 1: b>=2\nb 1",
            asked: ["a"],
            text: """
                a cannot be installed
                  1. You asked for a.
                  2. a 4 has only source distributions, which cannot be built here.
                  3. a 3 needs Python >=3.13, not 3.12.4.
                  4. a 2 has no wheel for CPython 3.12 on Linux x86_64 (there are wheels for Windows x86-64).
                  5. a 1 needs b>=2, but the newest b is 1.
                help: Python 3.13 would do for a 3
                """),
        .init(
            name: "a name that is imported",
            index: "sklearn 0.0 (sdist only)", asked: ["sklearn"],
            text: """
                sklearn has only source distributions
                  You asked for sklearn, but sklearn 0.0 has only source distributions, which cannot be built here.
                help: sklearn is what is imported; the package is called scikit-learn
                """),
        .init(
            name: "a module of Python", index: "a 1", asked: ["json"],
            text: """
                json is not on the package index
                  You asked for json, which the package index https://index.example/simple does not have.
                help: json is part of Python itself: leave it out
                """),
        .init(
            name: "a name like another one that is asked for", index: "frobnicate 1", asked: ["frobnicate", "frobincate-x"],
            text: """
                frobincate-x is not on the package index
                  You asked for frobincate-x, which the package index https://index.example/simple does not have.
                help: did you mean frobnicate?
                """),
        .init(
            name: "a series that there is", index: "a 1.2.0\na 1.2.3\na 2.0.0", asked: ["a==1.2.9"],
            text: """
                There is no a==1.2.9
                  You asked for a==1.2.9, but there is no such version (a has only 1.2.0, 1.2.3 and 2.0.0).
                help: the newest a 1.2 is 1.2.3
                help: a 2.0.0 would go with everything else: change a==1.2.9
                """),
        .init(
            name: "a yanked version between others is not a way out",
            index: "a 3: b<2\na 2 (yanked)\na 1: b<2\nb 1\nb 2", asked: ["a", "b>=2"],
            text: """
                a and b>=2 do not go together
                  1. You asked for a and b>=2.
                  2. a 2 was yanked, and a 1 and 3 need b<2.
                help: b 1 would go with everything else: change b>=2
                """),
        .init(
            name: "many versions, growing demands that all miss",
            index: "a 4: b>=4\na 3: b>=3\na 2: b>=2.5\na 1: b>=2.1\nb 5\nb 4\nb 3\nb 2.5\nb 2.1\nb 1.9\nb 1", asked: ["a", "b<2"],
            text: """
                a and b<2 do not go together
                  You asked for a and b<2, but all versions of a need b>=2.1.
                help: b 5 would go with everything else: change b<2
                """),
        .init(
            name: "only two of many demands are to blame",
            index: "a 1\nb 1: c<2\nc 2\nc 1\nd 1: e\ne 1\nf 1", asked: ["a", "b", "c>=2", "d", "f"],
            text: """
                b and c>=2 do not go together
                  You asked for b and c>=2, but b 1 needs c<2.
                help: c 1 would go with everything else: change c>=2
                """),
        .init(
            name: "two ranges that do not meet, far down",
            index: "a 1: c>=1,<2\nb 1: c>=2,!=2.5\nc 1.0\nc 1.5\nc 2.0\nc 2.5", asked: ["a", "b"],
            text: """
                a and b do not go together
                  1. You asked for a and b.
                  2. b 1 needs c>=2,!=2.5, and a 1 needs c>=1,<2.
                """),
        .init(
            name: "a circle", index: "a 1: b>1\nb 2: a>1\nb 1", asked: ["a"],
            text: """
                a cannot be installed
                  1. You asked for a.
                  2. a 1 needs b>1, and b 2 needs a>1, but there is no such version (a has only 1).
                """),
        .init(
            name: "abi and platform of old wheels",
            index: "a 1 (wheel cp37-cp37m-manylinux1_x86_64 cp38-cp38-manylinux2014_x86_64 cp39-cp39-manylinux2014_x86_64)",
            asked: ["a"],
            text: """
                a has no wheel for CPython 3.12 on Linux x86_64
                  You asked for a, but a 1 has no wheel for CPython 3.12 on Linux x86_64 (there are wheels for CPython 3.7 to 3.9).
                help: Python 3.9 would do for a 1
                """),
    ]

    @Test("golden texts", arguments: goldens)
    func golden(_ golden: Golden) async throws {
        let source = try TableSource(golden.index)
        let resolver = Resolver(source: source, target: try .linux(golden.python), options: .unhurried)
        let outcome = await resolver.outcome(for: try golden.asked.map { try RootRequirement(parsing: $0) })
        guard case .failure(.noSolution(let conflict)) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(conflict.asShown == golden.text)
    }
}

/// Who asks for what is told apart.
@Suite("Askers in words")
struct AskerWordsTests {
    private static let index = "pandas 3: numpy>=2\nnumpy 2\nnumpy 1"

    private func conflict(_ asked: [RootRequirement]) async throws -> (ResolutionConflict, Diagnostic) {
        let resolver = Resolver(source: try TableSource(Self.index), target: try .linux(), options: .unhurried)
        let error = try #require(await resolver.outcome(for: asked).failure)
        guard case .noSolution(let conflict) = error else { throw error }
        return (conflict, error.diagnostic)
    }

    private func root(_ text: String, _ asker: Asker?) throws -> RootRequirement {
        var root = try RootRequirement(parsing: text)
        root.asker = asker
        return root
    }

    @Test("two steps of a flow")
    func steps() async throws {
        var first = try RootRequirement(fromPackagesDictionary: "pandas", spec: ">=3")
        first.asker = Asker("step 'train' (@pypi)", file: "flow.py", line: 31)
        let second = try root("numpy<2", Asker("step 'score' (@pypi)", file: "flow.py", line: 52))
        let (conflict, diagnostic) = try await conflict([first, second])
        #expect(
            conflict.asShown == """
                pandas>=3 and numpy<2 do not go together
                  1. Step 'train' (@pypi) asks for 'pandas': '>=3' (flow.py:31).
                  2. Step 'score' (@pypi) asks for numpy<2 (flow.py:52).
                  3. pandas 3 needs numpy>=2.
                help: numpy 2 would go with everything else: change numpy<2 (flow.py:52)
                """)
        #expect(diagnostic.file == "flow.py")
        #expect(diagnostic.line == nil)
    }

    @Test("lines of one file, and the command line")
    func files() async throws {
        let (conflict, diagnostic) = try await conflict([
            try root("pandas", nil), try root("numpy<2", Asker("requirements.txt", file: "requirements.txt", line: 4)),
        ])
        #expect(
            conflict.asShown == """
                pandas and numpy<2 do not go together
                  1. You asked for pandas.
                  2. requirements.txt:4 asks for numpy<2.
                  3. pandas 3 needs numpy>=2.
                help: numpy 2 would go with everything else: change numpy<2 (requirements.txt:4)
                """)
        #expect(diagnostic.file == nil)
    }

    @Test("two lines of one file")
    func lines() async throws {
        let (conflict, diagnostic) = try await conflict([
            try root("pandas", Asker("requirements.txt", file: "requirements.txt", line: 1)),
            try root("numpy<2", Asker("requirements.txt", file: "requirements.txt", line: 4)),
        ])
        #expect(
            conflict.asShown == """
                pandas and numpy<2 do not go together
                  requirements.txt asks for pandas (line 1) and numpy<2 (line 4), but pandas 3 needs numpy>=2.
                help: numpy 2 would go with everything else: change numpy<2 (requirements.txt:4)
                """)
        #expect(diagnostic.file == "requirements.txt")
    }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}

extension ResolutionConflict {
    /// Headline, lines and hints as a person sees them.
    var asShown: String { ([headline] + lines.map { "  " + $0 } + hints.map { "help: " + $0 }).joined(separator: "\n") }
}
