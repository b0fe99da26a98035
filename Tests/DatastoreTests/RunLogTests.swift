import Datastore
import SystemPackage
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@Suite struct RunLogTests {
    let folder = TemporaryFolder()

    func writer(_ run: String = "7") throws -> RunLogWriter {
        try RunLogWriter(folder.store, flow: "LogFlow", run: run)
    }

    func reader(_ run: String = "7") throws -> RunLogReader {
        try RunLogReader(folder.store, flow: "LogFlow", run: run)
    }

    @Test func piecesOfOneAttemptComeTogether() throws {
        let writer = try writer()
        let mine = LogSource(task: "3", attempt: 1)
        for number in 0..<100 {
            for (task, attempt) in [("3", 0), ("3", 1), ("30", 1), ("x_node_3", 1)] {
                try writer.append(
                    Array("\(task)/\(attempt) \(number)\n".utf8), from: LogSource(task: task, attempt: attempt),
                    stream: number % 2 == 0 ? .stdout : .stderr, at: WallTime(microseconds: Int64(number)))
            }
        }
        let even = stride(from: 0, to: 100, by: 2).map { "3/1 \($0)\n" }.joined()
        #expect(try reader().text(from: mine, stream: .stdout) == Array(even.utf8))
        let lines = try reader().lines(from: mine)
        #expect(lines.map(\.text) == (0..<100).map { Array("3/1 \($0)".utf8) })
        #expect(lines.map(\.at.microseconds) == Array(0..<100))
        #expect(try reader().text(from: LogSource(task: "4", attempt: 0), stream: .stdout) == [])
    }

    /// A line has the time of its first byte, wherever the pieces end.
    @Test(arguments: [
        (["a\nb\n"], ["0 a", "0 b"]),
        (["a", "b\n", "c\n"], ["0 ab", "2 c"]),
        (["a\n", "b"], ["0 a", "1 b"]),
        (["\n\n", "x\n\n"], ["0 ", "0 ", "1 x", "1 "]),
        (["a", "\n", "\n"], ["0 a", "2 "]),
        (["no end"], ["0 no end"]),
        ([], []),
    ])
    func linesAreCutAtBreaks(pieces: [String], expected: [String]) throws {
        let writer = try writer()
        let source = LogSource(task: "1", attempt: 0)
        for (number, piece) in pieces.enumerated() {
            try writer.append(
                Array(piece.utf8), from: source, stream: .stdout, at: WallTime(microseconds: Int64(number)))
        }
        let lines = try reader().lines(from: source, stream: .stdout)
        #expect(lines.map { "\($0.at.microseconds) \(String(decoding: $0.text, as: UTF8.self))" } == expected)
    }

    @Test func aRangeBoundsTheSearch() throws {
        let writer = try writer()
        let source = LogSource(task: "1", attempt: 0)
        try writer.append(Array("before".utf8), from: source, stream: .stdout, at: .now())
        let start = writer.end
        try writer.append(Array("within".utf8), from: source, stream: .stdout, at: .now())
        let end = writer.end
        try writer.append(Array("after".utf8), from: source, stream: .stdout, at: .now())
        #expect(try reader().text(from: source, stream: .stdout, in: start..<end) == Array("within".utf8))
        #expect(try reader().text(from: source, stream: .stdout, in: start..<Int64.max) == Array("withinafter".utf8))
        #expect(try reader().text(from: source, stream: .stdout, in: 1 << 40..<1 << 41) == [])
    }

    @Test func megabytesAndOddBytesSurvive() throws {
        let writer = try writer()
        let source = LogSource(task: "1", attempt: 0)
        let text = noise(3_500_000)
        try writer.append(text, from: source, stream: .stderr, at: .now())
        try writer.append([], from: source, stream: .stderr, at: .now())
        #expect(try reader().text(from: source, stream: .stderr) == text)
    }

    @Test func aTornEndHidesOnlyItself() throws {
        let source = LogSource(task: "1", attempt: 0)
        do {
            let writer = try writer()
            try writer.append(Array("whole".utf8), from: source, stream: .stdout, at: .now())
            try writer.append(Array("torn".utf8), from: source, stream: .stdout, at: .now())
        }
        let path = folder.path.pushing(FilePath(try #require(folder.files(below: ".penstock/logs").first)))
        for cut in 1...20 {
            edit(path) { $0.removeLast() }
            #expect(try reader().text(from: source, stream: .stdout) == Array("whole".utf8), "\(cut) bytes less")
        }
        edit(path) { $0 += Array("this was not written by an engine".utf8) }
        #expect(throws: DatastoreError.self) { try reader().text(from: source, stream: .stdout) }
    }

    @Test func theLockTellsWhetherTheEngineLives() throws {
        func isLive() -> Bool { RunLogReader.isBeingWritten(folder.store, flow: "LogFlow", run: "7") }
        #expect(!isLive())
        do {
            let writer = try writer()
            #expect(isLive())
            #expect(throws: DatastoreError(path: folder.store.logs.appending("LogFlow/7.log").string, .inUse)) {
                try self.writer()
            }
            try writer.append([1], from: LogSource(task: "1", attempt: 0), stream: .stdout, at: .now())
            #expect(isLive())
        }
        // A process that another test is just starting may hold the lock until its program begins.
        let deadline = ContinuousClock.now + .seconds(30)
        while isLive(), ContinuousClock.now < deadline { usleep(1000) }
        #expect(!isLive())
        _ = try writer()
    }

    @Test(arguments: ["", ".", "..", "a/b", "../x", "a\0b", String(repeating: "x", count: 300)])
    func namesThatLeadElsewhereAreRefused(name: String) {
        #expect { try RunLogWriter(folder.store, flow: "F", run: name) } throws: { error in
            (error as? DatastoreError)?.fault == .unusableName(name)
        }
        #expect { try RunLogReader(folder.store, flow: name, run: "1") } throws: { error in
            (error as? DatastoreError)?.fault == .unusableName(name)
        }
        #expect(folder.files(below: ".") == [])
    }

    @Test func whatIsTakenOutIsGoneFromTheFile() throws {
        let writer = try writer()
        let mine = LogSource(task: "3", attempt: 0)
        let other = LogSource(task: "3", attempt: 1)
        for (text, source, stream) in [
            ("secret one\n", mine, LogStream.stdout), ("kept by another\n", other, .stdout), ("secret two\n", mine, .stdout),
            ("kept error\n", mine, .stderr),
        ] {
            try writer.append(Array(text.utf8), from: source, stream: stream, at: WallTime(microseconds: 5))
        }
        let redactor = try RunLogRedactor(folder.store, flow: "LogFlow", run: "7")
        try redactor.redact(mine, streams: [.stdout], in: 0..<Int64.max)
        try redactor.redact(mine, streams: [.stdout], in: 0..<Int64.max)
        func text(_ source: LogSource, _ stream: LogStream) throws -> String {
            String(decoding: try reader().text(from: source, stream: stream), as: UTF8.self)
        }
        #expect(try text(mine, .stdout) == "[REDACTED stdout]\n")
        #expect(try text(mine, .stderr) == "kept error\n")
        #expect(try text(other, .stdout) == "kept by another\n")
        #expect(try reader().lines(from: mine).count == 2)
        let path = folder.path.pushing(FilePath(try #require(folder.files(below: ".penstock/logs").first)))
        edit(path) { bytes in
            let file = String(decoding: bytes, as: UTF8.self)
            #expect(!file.contains("secret") && file.contains("kept error"))
        }
        // The engine goes on; what comes after is not redacted.
        try writer.append(Array("later\n".utf8), from: mine, stream: .stdout, at: .now())
        #expect(try text(mine, .stdout) == "[REDACTED stdout]\nlater\n")
        var tail = try RunLogTail(folder.store, flow: "LogFlow", run: "7")
        let lines = try tail.next().map { String(decoding: $0.line.text, as: UTF8.self) }
        #expect(lines == ["[REDACTED stdout]", "kept by another", "kept error", "later"])
    }

    /// An engine that is killed leaves a record unfinished; the one that goes on with the run cuts it off, and knows what is there.
    @Test(arguments: [1, 5, 17, 30])
    func aRunIsGoneOnWith(cut: Int) throws {
        let mine = LogSource(task: "3", attempt: 1)
        do {
            let writer = try writer()
            for text in ["one\n", "two, which is long enough to be cut\n"] {
                try writer.append(Array(text.utf8), from: mine, stream: .stdout, at: .now())
            }
            try writer.append(Array("e".utf8), from: LogSource(task: "4", attempt: 0), stream: .stderr, at: .now())
        }
        let path = try folder.store.log(flow: "LogFlow", run: "7").string
        var status = stat()
        #expect(stat(path, &status) == 0)
        // The last record has 16 bytes before its task and its text.
        #expect(truncate(path, status.st_size - off_t(cut)) == 0)
        let writer = try RunLogWriter(folder.store, flow: "LogFlow", run: "7", isGoneOnWith: true)
        let kept: Int64 = cut <= 18 ? 4 + 36 : 4
        #expect(try reader().sizes() == [mine: [.stdout: kept]])
        try writer.append(Array("on\n".utf8), from: mine, stream: .stdout, at: .now())
        #expect(try reader().sizes() == [mine: [.stdout: kept + 3]])
        try reader().verify()
    }

    @Test func aTailTellsWholeLinesOfAllTasksAsTheyCome() throws {
        var tail = try RunLogTail(folder.store, flow: "LogFlow", run: "7")
        #expect(try tail.next() == [])
        let writer = try writer()
        func print(_ text: String, _ task: String, _ stream: LogStream = .stdout) throws {
            try writer.append(Array(text.utf8), from: LogSource(task: task, attempt: 0), stream: stream, at: .now())
        }
        func news() throws -> [String] {
            try tail.next(limit: 40).map { "\($0.source.task) \(String(decoding: $0.line.text, as: UTF8.self))" }
        }
        try print("a", "1")
        try print("x\ny", "2")
        #expect(try news() == ["2 x"])
        #expect(try news() == [])
        try print("b\n", "1")
        try print("c\n", "1", .stderr)
        #expect(try news() + news() == ["1 ab", "1 c"])
        #expect(try news() == [])
        #expect(tail.finish().map { String(decoding: $0.line.text, as: UTF8.self) } == ["y"])
        #expect(tail.finish() == [])
    }
}
