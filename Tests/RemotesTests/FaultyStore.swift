import ObjectStores
import Synchronization

/// An object store that fails again and again: before it does what it should, or after, when the answer is lost.
final class FaultyStore: ObjectStore {
    private struct State {
        var generator: any RandomNumberGenerator & Sendable
        var failures = 0
        var puts: [String] = []
    }

    private let inner: any ObjectStore
    private let percent: Int
    private let state: Mutex<State>

    /// - Parameters:
    ///   - percent: how many of a hundred calls fail.
    ///   - seed: says which.
    init(_ inner: any ObjectStore, percent: Int, seed: UInt64) {
        self.inner = inner
        self.percent = percent
        state = Mutex(State(generator: SeededGenerator(seed: seed)))
    }

    var address: String { inner.address }
    var failures: Int { state.withLock { $0.failures } }
    /// The names under which something was put, in order.
    var puts: [String] { state.withLock { $0.puts } }

    private func mayFail<Value>(
        _ key: String, _ work: () async throws(ObjectStoreError) -> Value
    ) async throws(ObjectStoreError) -> Value {
        let roll = state.withLock { state in
            var generator = state.generator
            defer { state.generator = generator }
            return Int.random(in: 0..<200, using: &generator)
        }
        if roll < percent { throw failure(key) }
        let value = try await work()
        if roll < 2 * percent { throw failure(key) }
        return value
    }

    private func failure(_ key: String) -> ObjectStoreError {
        state.withLock { $0.failures += 1 }
        return .unreachable(store: address, key: key, attempts: 1, reason: "as the test wants it")
    }

    private func note(_ key: ObjectKey) {
        state.withLock { $0.puts.append(key.text) }
    }

    func info(of key: ObjectKey) async throws(ObjectStoreError) -> ObjectInfo? {
        try await mayFail(key.text) { () async throws(ObjectStoreError) in try await inner.info(of: key) }
    }

    func read(_ key: ObjectKey, range: Range<Int64>?) async throws(ObjectStoreError) -> [UInt8]? {
        try await mayFail(key.text) { () async throws(ObjectStoreError) in try await inner.read(key, range: range) }
    }

    func download(_ key: ObjectKey, to descriptor: Int32) async throws(ObjectStoreError) -> ObjectInfo? {
        try await mayFail(key.text) { () async throws(ObjectStoreError) in try await inner.download(key, to: descriptor) }
    }

    func put(_ bytes: [UInt8], as key: ObjectKey, _ condition: PutCondition) async throws(ObjectStoreError) -> PutOutcome {
        note(key)
        return try await mayFail(key.text) { () async throws(ObjectStoreError) in
            try await inner.put(bytes, as: key, condition)
        }
    }

    func upload(
        _ range: Range<Int64>, of descriptor: Int32, as key: ObjectKey, _ condition: PutCondition
    ) async throws(ObjectStoreError) -> PutOutcome {
        note(key)
        return try await mayFail(key.text) { () async throws(ObjectStoreError) in
            try await inner.upload(range, of: descriptor, as: key, condition)
        }
    }

    func list(_ prefix: String, byFolder: Bool, from position: String?) async throws(ObjectStoreError) -> ObjectPage {
        try await mayFail(prefix) { () async throws(ObjectStoreError) in
            try await inner.list(prefix, byFolder: byFolder, from: position)
        }
    }

    func remove(_ keys: [ObjectKey]) async throws(ObjectStoreError) {
        try await mayFail("") { () async throws(ObjectStoreError) in try await inner.remove(keys) }
    }

    func fetchAddress(of key: ObjectKey, validFor validity: Duration) async throws(ObjectStoreError) -> String {
        try await inner.fetchAddress(of: key, validFor: validity)
    }
}

/// The same numbers for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
