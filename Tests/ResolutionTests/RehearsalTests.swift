import PythonPackaging
import Resolution
import Testing

@Suite("Rehearsal")
struct RehearsalTests {
    @Test("It goes through extras, markers and restrictions, as the real resolution does")
    func chosen() async throws {
        let chosen = try await Rehearsal.perform()
        #expect(chosen.mapValues(\.description) == [try PackageName(parsing: "first"): "1.1", try PackageName(parsing: "second"): "2"])
    }
}
