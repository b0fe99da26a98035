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
                You asked for pandsa>=2, which the package index https://index.example/simple does not have.
                help: check the spelling of pandsa, and which package index is asked
                """),
        .init(
            name: "unknown project further down",
            index: "a 1: b\nb 2: gone\nb 1: gone>3",
            asked: ["a"],
            text: """
                Because all versions of b need gone, which the package index https://index.example/simple does not have, a 1 needs b, and you asked for a, your requirements cannot be met.
                help: check the spelling of gone, and which package index is asked
                """),
        .init(
            name: "no such version",
            index: "a 1.0\na 1.1\na 1.2\na 1.3\na 2.0",
            asked: ["a>=3"],
            text: """
                You asked for a>=3, of which there is no version (a has 1.0 to 2.0).
                """),
        .init(
            name: "no such version further down",
            index: "a 1: b>5\nb 1\nb 2",
            asked: ["a"],
            text: """
                Because a 1 needs b>5, of which there is no version (b has only 1 and 2), and you asked for a, your requirements cannot be met.
                """),
        .init(
            name: "two demands",
            index: "a 1\na 2",
            asked: ["a==1", "a==2"],
            text: """
                Because you asked for a==1 and a==2, your requirements cannot be met.
                """),
        .init(
            name: "a demand against a dependency",
            index: "pandas 2: numpy<2\npandas 1: numpy<1\nnumpy 2.1\nnumpy 1.0\nnumpy 0.9",
            asked: ["pandas>=2", "numpy>=2"],
            text: """
                Because pandas 2 needs numpy<2, and you asked for pandas>=2 and numpy>=2, your requirements cannot be met.
                """),
        .init(
            name: "a chain",
            index: "a 1: b\nb 1: c\nc 1: d\nd 1: e<2\ne 2\ne 1",
            asked: ["a", "e==2"],
            text: """
                Because d 1 needs e<2, c 1 needs d, and b 1 needs c, b 1 needs e 1.
                And because a 1 needs b, and you asked for a and e==2, your requirements cannot be met.
                """),
        .init(
            name: "Python too old",
            index: "a 4 (python >=3.14)\na 3 (python >=3.14)\na 2 (python >=3.13)\na 1 (python >=3.8)",
            asked: ["a>1"],
            text: """
                Because a 2 and newer need Python >=3.13 or >=3.14 (this is Python 3.12.4), and you asked for a>1, your requirements cannot be met.
                help: choose a Python that these versions support, or allow older versions
                """),
        .init(
            name: "Python too old for a dependency",
            index: "a 1: b>=2\nb 2 (python >=3.10)\nb 1",
            asked: ["a"],
            python: "3.9.18",
            text: """
                Because b 2 needs Python >=3.10 (this is Python 3.9.18), a 1 needs b>=2, and you asked for a, your requirements cannot be met.
                help: choose a Python that these versions support, or allow older versions
                """),
        .init(
            name: "no wheel for this machine",
            index: "a 2 (wheel cp312-cp312-win_amd64 cp312-cp312-macosx_11_0_arm64)\na 1 (wheel cp311-cp311-win_amd64)",
            asked: ["a"],
            text: """
                Because all versions of a have no wheel for CPython 3.12 on Linux x86_64 (there are wheels for macosx_11_0_arm64 and win_amd64), and you asked for a, your requirements cannot be met.
                help: choose a Python and versions for which there are wheels
                """),
        .init(
            name: "no wheel for this Python",
            index: "a 1 (wheel cp39-cp39-manylinux_2_17_x86_64 cp310-cp310-manylinux_2_17_x86_64)",
            asked: ["a"],
            text: """
                Because a 1 has no wheel for CPython 3.12 on Linux x86_64 (there are wheels for cp310 and cp39), and you asked for a, your requirements cannot be met.
                help: choose a Python and versions for which there are wheels
                """),
        .init(
            name: "only source distributions",
            index: "a 3 (sdist only)\na 2 (sdist only)\na 1 (sdist only)",
            asked: ["a"],
            text: """
                Because all versions of a have only source distributions, which this version of Penstock does not build, and you asked for a, your requirements cannot be met.
                help: allow a version that has a wheel
                """),
        .init(
            name: "yanked",
            index: "a 2 (yanked because of a bad build)\na 1",
            asked: ["a>=2"],
            text: """
                Because a 2 was yanked ("of a bad build") and would have to be asked for with ==, and you asked for a>=2, your requirements cannot be met.
                help: to use a yanked version all the same, ask for it exactly, with ==
                """),
        .init(
            name: "many versions, one reason each",
            index: "a 5: b==5\na 4: b==4\na 3: b==3\na 2: b==2\na 1: b==1\nb 1\nb 2\nb 3\nb 4\nb 5\nb 6",
            asked: ["a", "b==6"],
            text: """
                Because all versions of a need b 5 or older, and you asked for a and b==6, your requirements cannot be met.
                """),
        .init(
            name: "two ways, both closed",
            index: "foo 1: a==1|b==1\nfoo 2: x==1|y==1\na 1: b==2\nb 1\nb 2\nx 1: y==2\ny 1\ny 2",
            asked: ["foo"],
            text: """
                Because a 1 needs b==2, foo 1 needs a==1, and foo 1 needs b==1, foo 1 cannot be used (1).
                Because x 1 needs y==2, foo 2 needs x==1, and foo 2 needs y==1, foo 2 cannot be used.
                And because you asked for foo, and foo 1 cannot be used (1), your requirements cannot be met.
                """),
        .init(
            name: "extras",
            index: "a 2 (extra x): b<2; extra == 'x'\na 1 (extra x): b<2; extra == 'x'\nb 1\nb 2",
            asked: ["a[x]", "b>=2"],
            text: """
                Because all versions of a[x] need b<2, and you asked for a[x] and b>=2, your requirements cannot be met.
                """),
        .init(
            name: "unreadable metadata",
            index: "a 1: b ^1.0",
            asked: ["a"],
            text: """
                Because a 1 has metadata that cannot be read: 'b ^1.0' is not a requirement: expected a version specifier, ';' and a marker, or the end at column 3, and you asked for a, your requirements cannot be met.
                """),
        .init(
            name: "a URL in metadata",
            index: "a 1: b @ https://files.example/b-1-py3-none-any.whl",
            asked: ["a"],
            text: """
                Because a 1 needs b from a URL, which this version of Penstock does not support, and you asked for a, your requirements cannot be met.
                """),
        .init(
            name: "stable versions contradict, and so does the pre-release",
            index: "a 2.0rc1: b==1\na 1.0: b==1\nb 1\nb 2",
            asked: ["a", "b==2"],
            text: """
                Because all versions of a need b==1, and you asked for a and b==2, your requirements cannot be met.
                """),
        .init(
            name: "mixed reasons",
            index: "a 4 (sdist only)\na 3 (python >=3.13)\na 2 (wheel cp312-cp312-win_amd64)\na 1: b>=2\nb 1",
            asked: ["a"],
            text: """
                Because a 1 needs b>=2, of which there is no version (b has only 1), a 2 has no wheel for CPython 3.12 on Linux x86_64 (there are wheels for win_amd64), a 3 needs Python >=3.13 (this is Python 3.12.4), a 4 has only source distributions, which this version of Penstock does not build, and you asked for a, your requirements cannot be met.
                help: choose a Python and versions for which there are wheels; choose a Python that these versions support, or allow older versions; allow a version that has a wheel
                """),
    ]

    @Test("golden texts", arguments: goldens)
    func golden(_ golden: Golden) async throws {
        let source = try TableSource(golden.index)
        let resolver = Resolver(source: source, target: try .linux(golden.python))
        let outcome = await resolver.outcome(for: try golden.asked.map { try RootRequirement(parsing: $0) })
        guard case .failure(.noSolution(let conflict)) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        let help = conflict.hints.isEmpty ? "" : "\nhelp: " + conflict.hints.joined(separator: "; ")
        #expect(conflict.sentences.joined(separator: "\n") + help == golden.text)
    }
}
