import FlowModel
import FoundationEssentials
import Testing

@Suite struct IdentifierTests {
    @Test func idsAreTheirText() throws {
        #expect(RunID(microseconds: 1_763_900_000_000_000).description == "1763900000000000")
        #expect(TaskID(number: 7) == "7")
        #expect(try String(decoding: JSONEncoder().encode([StepName("a")]), as: UTF8.self) == #"["a"]"#)
        #expect(try JSONDecoder().decode([AttemptNumber].self, from: Data("[2]".utf8)) == [2])
    }

    @Test func tasksAreInOrderOfTheirCount() {
        let ids: [TaskID] = ["x", "10", "9", "9_node_1", "0"]
        #expect(ids.sorted() == ["0", "9", "9_node_1", "10", "x"])
    }

    @Test(arguments: ["F", "F/1", "F/1/start", "F/1/start/3", "F/1/start/3/x"])
    func pathspecs(text: String) throws {
        let spec = try Pathspec(parsing: text)
        #expect(spec.description == text)
        #expect(spec.level.rawValue == text.split(separator: "/").count)
        #expect(spec.flow == "F")
        if spec.level.rawValue >= 4 {
            #expect(Pathspec("F", "1", "start", "3").components == Array(spec.components.prefix(4)))
            #expect((spec.run, spec.step, spec.task) == ("1", "start", "3"))
        }
    }

    @Test func pathspecBesideItsFlow() throws {
        #expect(try Pathspec(parsing: "12/end", within: "F").description == "F/12/end")
    }

    @Test(arguments: ["", "F/", "/1", "F//start", "F/1/a/2/x/y"])
    func noPathspecs(text: String) {
        #expect(throws: PathspecError.self) { try Pathspec(parsing: text) }
    }
}
