import Lockfiles
import Resolution
import Testing

@Suite("Rehearsal")
struct RehearsalTests {
    @Test("It goes through extras, markers and restrictions, and writes the lock, as the real resolution does")
    func chosen() async throws {
        let lock = try PyLock(parsing: try await Rehearsal.perform(), file: "pylock.toml")
        #expect(lock.packages.map(\.description) == ["first 1.1", "second 2"])
    }
}
