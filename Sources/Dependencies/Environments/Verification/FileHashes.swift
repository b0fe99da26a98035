import Archives
import Crypto
import Synchronization
import SystemPackage

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The hashes of files, as RECORD has them; each file is read once, however many names it has.
final class FileHashes: Sendable {
    enum Answer: Sendable, Hashable {
        case hash(String)
        /// An `errno`.
        case unreadable(Int32)
    }

    struct Question: Sendable {
        var file: FilePath
        var identity: FileIdentity
        /// In bytes.
        var size: UInt64
        /// `sha256`, `sha384` or `sha512`.
        var algorithm: String
    }

    private struct Key: Hashable {
        var identity: FileIdentity
        var algorithm: String
    }

    private let known = Mutex<[Key: Answer]>([:])

    /// What is known of a file that was asked about.
    func answer(_ identity: FileIdentity, _ algorithm: String) -> Answer? {
        known.withLock { $0[Key(identity: identity, algorithm: algorithm)] }
    }

    /// Finds the answers that are not known yet, on all processors.
    func find(_ questions: [Question]) async {
        var seen: Set<Key> = []
        let open = questions.filter { question in
            let key = Key(identity: question.identity, algorithm: question.algorithm)
            return answer(question.identity, question.algorithm) == nil && seen.insert(key).inserted
        }
        // The largest first, so that no long one is left for the end.
        let sorted = open.sorted { $0.size > $1.size }
        let turns = Turns(sorted.count)
        await ProcessorThreads.spread(width: max(1, sorted.count / 16)) { [self] in
            var found: [(Key, Answer)] = []
            while let turn = turns.take() {
                let question = sorted[turn]
                found.append((Key(identity: question.identity, algorithm: question.algorithm), Self.hash(question)))
            }
            known.withLock { known in
                for (key, answer) in found { known[key] = answer }
            }
        }
    }

    /// Who hashes which file.
    private final class Turns: Sendable {
        private let next = Atomic<Int>(0)
        private let count: Int
        init(_ count: Int) { self.count = count }
        func take() -> Int? {
            let turn = next.add(1, ordering: .relaxed).oldValue
            return turn < count ? turn : nil
        }
    }

    private static func hash(_ question: Question) -> Answer {
        let descriptor = open(question.file.string, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return .unreadable(errno) }
        defer { close(descriptor) }
        switch question.algorithm {
        case "sha384": return hash(descriptor, SHA384(), named: question.algorithm)
        case "sha512": return hash(descriptor, SHA512(), named: question.algorithm)
        default: return hash(descriptor, SHA256(), named: "sha256")
        }
    }

    private static func hash(_ descriptor: Int32, _ start: some HashFunction, named name: String) -> Answer {
        var hasher = start
        return withUnsafeTemporaryAllocation(byteCount: 256 << 10, alignment: 4096) { buffer in
            while true {
                let count = read(descriptor, buffer.baseAddress, buffer.count)
                if count > 0 {
                    hasher.update(bufferPointer: UnsafeRawBufferPointer(buffer)[..<count].whole)
                } else if count == 0 {
                    return .hash("\(name)=" + RecordHash.base64(Array(hasher.finalize())))
                } else if errno != EINTR {
                    return .unreadable(errno)
                }
            }
        }
    }
}

extension Slice<UnsafeRawBufferPointer> {
    fileprivate var whole: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: self) }
}
