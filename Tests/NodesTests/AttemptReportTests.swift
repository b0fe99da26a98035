import Executors
import FoundationEssentials
import Nodes
import Testing
import WorkerProtocol

@Suite struct AttemptReportTests {
    private func report() -> AttemptReport {
        var report = AttemptReport(node: "n1", began: 1, ended: 2, ending: .init(code: 0))
        report.cards = [.init(CardItem(type: "default"), isData: false, content: .inline(offset: 2, count: 3))]
        report.output = [AttemptOutput(isError: true, bytes: Data([0, 255, 10]), at: 5)]
        report.pieces = 7
        return report
    }

    @Test func whatIsWrittenIsRead() throws {
        let (read, payload) = try AttemptReport.read(try report().bytes(payload: [1, 2, 3, 4, 5]))
        #expect(read.node == "n1" && read.pieces == 7 && read.output == report().output && Array(payload) == [1, 2, 3, 4, 5])
        #expect(read.cards.map(\.content) == [.inline(offset: 2, count: 3)])
    }

    @Test(arguments: [(0, 6), (6, 0), (-1, 2), (2, -1), (.max, 1), (1, .max), (5, 1)]) func stretchesOutsideOfThePayload(
        _ offset: Int, _ count: Int
    ) throws {
        var lying = report()
        lying.cards[0].content = .inline(offset: offset, count: count)
        let bytes = try lying.bytes(payload: [1, 2, 3, 4, 5])
        #expect(throws: OrderFault.damaged) { try AttemptReport.read(bytes) }
    }

    @Test func everyCutIsNoticed() throws {
        let whole = try report().bytes(payload: [1, 2, 3, 4, 5])
        for count in 0..<whole.count {
            #expect(throws: OrderFault.damaged) { try AttemptReport.read(Array(whole[..<count])) }
        }
    }

    @Test(arguments: [UInt64.max, 1 << 63, 1 << 32, 0]) func lengthsThatLie(_ length: UInt64) throws {
        var bytes = try report().bytes(payload: [])
        withUnsafeBytes(of: length.littleEndian) { for (place, byte) in $0.enumerated() { bytes[place] = byte } }
        #expect(throws: OrderFault.damaged) { try AttemptReport.read(bytes) }
    }

    @Test func reportsOfLaterEngines() throws {
        var later = report()
        later.format = 5
        let bytes = try later.bytes(payload: [])
        #expect(throws: OrderFault.newer(5)) { try AttemptReport.read(bytes) }
    }

    @Test func piecesOfLogs() throws {
        let outputs = [
            AttemptOutput(isError: false, bytes: Data("grüße\n".utf8), at: 1), AttemptOutput(isError: true, bytes: Data([0, 10, 255]), at: 2),
        ]
        #expect(try AttemptOutput.outputs(try AttemptOutput.piece(outputs)) == outputs)
        #expect(try AttemptOutput.outputs([]) == [])
        #expect(throws: OrderFault.damaged) { try AttemptOutput.outputs(Array("{}\n".utf8)) }
        #expect(throws: OrderFault.damaged) { try AttemptOutput.outputs([0xff, 10]) }
    }
}
