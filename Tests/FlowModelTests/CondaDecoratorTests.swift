import FlowModel
import TestSupport
import Testing

/// What `@conda` and `@conda_base` come to, together and with those of the index.
@Suite struct CondaDecoratorTests {
    private typealias Attributes = [String: JSONValue]

    private func description(_ own: [String: Attributes], _ flow: [String: Attributes] = [:]) -> FlowDescription {
        var description = FlowDescription(sketch: "start -> end; end")
        func decorators(_ given: [String: Attributes], line: Int) -> [DecoratorDescription] {
            given.sorted { $0.key < $1.key }.map { DecoratorDescription(name: $0.key, attributes: $0.value, line: line) }
        }
        description.steps[0].decorators = decorators(own, line: 9)
        description.decorators = decorators(flow, line: 5)
        return description
    }

    private func start(_ own: [String: Attributes], _ flow: [String: Attributes] = [:]) throws -> PackageRequirements? {
        try FlowGraph(validating: description(own, flow))["start"]?.decorators.packages
    }

    private func asked(_ packages: [PackageRequest]) -> [String] { packages.map { "\($0.key) \($0.version)" } }

    @Test func packagesOfBaseAndStep() throws {
        let read = try start(
            ["conda": ["packages": .object(["numpy": .string("2.*"), "x::zlib": .string(">=1")]), "libraries": .object(["numpy": .string("1"), "old": .string("3")])]],
            ["conda_base": ["packages": .object(["numpy": .string("0"), "zlib": .string("*")]), "libraries": .object(["older": .string("")])]])
        #expect(asked(try #require(read?.conda?.packages)) == ["numpy 2.*", "old 3", "older ", "x::zlib >=1", "zlib *"])
        #expect(read?.packages == [])
        #expect(read?.conda?.packages.map(\.decorator) == ["conda", "conda", "conda_base", "conda", "conda_base"])
    }

    /// Numbers stand as text, as existing flows have them.
    @Test func numbers() throws {
        let read = try start(["conda": ["packages": .object(["a": .integer(2), "b": .number(1.5)])]])
        #expect(asked(try #require(read?.conda?.packages)) == ["a 2", "b 1.5"])
    }

    /// Step's `@pypi`, `@pypi_base`, step's `@conda`, `@conda_base`, in this order.
    @Test(arguments: [
        (["1", "2", "3", "4"], "1"), ([nil, "2", "3", "4"], "2"), ([nil, nil, "3", "4"], "3"), ([nil, nil, nil, "4"], "4"),
        ([nil, nil, nil, nil], nil),
    ] as [([String?], String?)])
    func pythons(given: [String?], wanted: String?) throws {
        let attributes = given.map { text -> Attributes in text.map { ["python": .string($0)] } ?? [:] }
        let read = try start(
            ["pypi": attributes[0], "conda": attributes[2]], ["pypi_base": attributes[1], "conda_base": attributes[3]])
        #expect(read?.python == wanted)
        #expect(read?.conda != nil)
    }

    @Test func channels() throws {
        let base: [String: Attributes] = ["conda_base": ["channels": .array([.string("a"), .string("b")])]]
        #expect(try start([:], base)?.conda?.channels == ["a", "b"])
        #expect(try start(["conda": ["channels": .string("c, file:///d")]], base)?.conda?.channels == ["c", "file:///d"])
        #expect(try start(["conda": ["channels": .array([])]], base)?.conda?.channels == ["a", "b"])
    }

    @Test func preferences() throws {
        let base: [String: Attributes] = ["conda_base": ["prefer": .object(["numpy": .string("conda"), "six": .string("conda"), "*": .string("conda")])]]
        let own: [String: Attributes] = ["conda": ["prefer": .object(["numpy": .string("pypi"), "*": .string("pypi")])]]
        #expect(try start([:], base)?.conda?.preference == SourcePreferences(usual: .conda, ofProjects: ["numpy": .conda, "six": .conda]))
        #expect(try start(own, base)?.conda?.preference == SourcePreferences(usual: .pypi, ofProjects: ["numpy": .pypi, "six": .conda]))
        #expect(try start(["conda": ["prefer": .string("pypi")]])?.conda?.preference == SourcePreferences(usual: .pypi))
    }

    @Test(arguments: [
        (["packages": .string("numpy")], "packages='numpy'"), (["libraries": .array([.string("numpy")])], "libraries="),
        (["packages": .object(["numpy": .array([])])], "a version that is not text"),
        (["packages": .object(["numpy": .null])], "a version that is not text"),
        (["packages": .object(["": .string("1")])], "not the name of a package"),
        (["packages": .object(["$python": .string("dict")])], "packages="),
        (["python": .string("abc")], "python='abc'"), (["python": .string("3.1x")], "python='3.1x'"), (["channels": .integer(1)], "channels=1"), (["channels": .array([.string("a"), .integer(1)])], "channels="),
        (["channels": .array([.string("")])], "channels="), (["prefer": .string("both")], "prefer='both'"), (["prefer": .object(["numpy": .bool(true)])], "prefer="),
        (["disabled": .string("perhaps")], "disabled='perhaps'"), (["groups": .string("x")], "no attribute 'groups'"),
    ] as [([String: JSONValue], String)])
    func wrong(attributes: [String: JSONValue], part: String) {
        for (own, flow, label) in [
            (["conda": attributes], [:], "decorator start:9"), ([:], ["conda_base": attributes], "decorator -"),
        ] as [([String: Attributes], [String: Attributes], String)] {
            let found = FlowGraph.findings(in: description(own, flow))
            #expect(found.count == 1 && found[0].label == label && found[0].message.contains(part), "\(found)")
        }
    }

    @Test func fromTheCommandLine() throws {
        let graph = try FlowGraph(
            validating: description(["conda": [:]]),
            adding: [try DecoratorSpec(parsing: "conda:packages={\"numpy\": \"2\"},channels=a,prefer=pypi")])
        #expect(graph["start"]?.decorators.packages?.conda?.packages == [])
        let end = graph["end"]?.decorators.packages?.conda
        #expect(asked(try #require(end?.packages)) == ["numpy 2"])
        #expect(end?.channels == ["a"])
    }
}
