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
                """),
        .init(
            name: "unknown project further down",
            index: "a 1: b\nb 2: gone\nb 1: gone>3",
            asked: ["a"],
            text: """
                """),
        .init(
            name: "no such version",
            index: "a 1.0\na 1.1\na 1.2\na 1.3\na 2.0",
            asked: ["a>=3"],
            text: """
                """),
        .init(
            name: "no such version further down",
            index: "a 1: b>5\nb 1\nb 2",
            asked: ["a"],
            text: """
                """),
        .init(
            name: "two demands",
            index: "a 1\na 2",
            asked: ["a==1", "a==2"],
            text: """
                """),
        .init(
            name: "a demand against a dependency",
            index: "pandas 2: numpy<2\npandas 1: numpy<1\nnumpy 2.1\nnumpy 1.0\nnumpy 0.9",
            asked: ["pandas>=2", "numpy>=2"],
            text: """
                """),
        .init(
            name: "a chain",
            index: "a 1: b\nb 1: c\nc 1: d\nd 1: e<2\ne 2\ne 1",
            asked: ["a", "e==2"],
            text: """
                """),
        .init(
            name: "Python too old",
            index: "a 4 (python >=3.14)\na 3 (python >=3.14)\na 2 (python >=3.13)\na 1 (python >=3.8)",
            asked: ["a>1"],
            text: """
                """),
        .init(
            name: "Python too old for a dependency",
            index: "a 1: b>=2\nb 2 (python >=3.10)\nb 1",
            asked: ["a"],
            python: "3.9.18",
            text: """
                """),
        .init(
            name: "no wheel for this machine",
            index: "a 2 (wheel cp312-cp312-win_amd64 cp312-cp312-macosx_11_0_arm64)\na 1 (wheel cp311-cp311-win_amd64)",
            asked: ["a"],
            text: """
                """),
        .init(
            name: "no wheel for this Python",
            index: "a 1 (wheel cp39-cp39-manylinux_2_17_x86_64 cp310-cp310-manylinux_2_17_x86_64)",
            asked: ["a"],
            text: """
                """),
        .init(
            name: "only source distributions",
            index: "a 3 (sdist only)\na 2 (sdist only)\na 1 (sdist only)",
            asked: ["a"],
            text: """
                """),
        .init(
            name: "yanked",
            index: "a 2 (yanked because of a bad build)\na 1",
            asked: ["a>=2"],
            text: """
                """),
        .init(
            name: "many versions, one reason each",
            index: "a 5: b==5\na 4: b==4\na 3: b==3\na 2: b==2\na 1: b==1\nb 1\nb 2\nb 3\nb 4\nb 5\nb 6",
            asked: ["a", "b==6"],
            text: """
                """),
        .init(
            name: "two ways, both closed",
            index: "foo 1: a==1|b==1\nfoo 2: x==1|y==1\na 1: b==2\nb 1\nb 2\nx 1: y==2\ny 1\ny 2",
            asked: ["foo"],
            text: """
                """),
        .init(
            name: "extras",
            index: "a 2 (extra x): b<2; extra == 'x'\na 1 (extra x): b<2; extra == 'x'\nb 1\nb 2",
            asked: ["a[x]", "b>=2"],
            text: """
                """),
        .init(
            name: "unreadable metadata",
            index: "a 1: b ^1.0",
            asked: ["a"],
            text: """
                """),
        .init(
            name: "a URL in metadata",
            index: "a 1: b @ https://files.example/b-1-py3-none-any.whl",
            asked: ["a"],
            text: """
                """),
        .init(
            name: "stable versions contradict, and so does the pre-release",
            index: "a 2.0rc1: b==1\na 1.0: b==1\nb 1\nb 2",
            asked: ["a", "b==2"],
            text: """
                """),
        .init(
            name: "mixed reasons",
            index: "a 4 (sdist only)\na 3 (python >=3.13)\na 2 (wheel cp312-cp312-win_amd64)\na 1: b>=2\nb 1",
            asked: ["a"],
            text: """
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
        let help = conflict.advice.isEmpty ? "" : "\nhelp: " + conflict.advice.joined(separator: "; ")
        #expect(conflict.sentences.joined(separator: "\n") + help == golden.text)
    }
}
