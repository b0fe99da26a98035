package import FoundationEssentials

/// One message on the wire: a JSON header and raw bytes (docs/worker-protocol.md, "Frames").
package struct Frame: Sendable, Equatable {
    /// The most bytes that may follow the length field.
    package static let limit = 64 << 20

    /// A JSON object in UTF-8.
    package var header: Data
    /// Raw bytes, with the meaning that the header gives them.
    package var payload: Data

    package init(header: Data, payload: Data = Data()) {
        self.header = header
        self.payload = payload
    }

    /// Encodes `message` as the header. Keys are sorted, so the same message is the same bytes.
    package init(_ message: some Encodable, payload: Data = Data()) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        self.init(header: try encoder.encode(message), payload: payload)
    }

    /// Reads the header as a message.
    package func message<Message: Decodable>(_ type: Message.Type = Message.self) throws(FrameError) -> Message {
        do {
            return try JSONDecoder().decode(Message.self, from: header)
        } catch let error as FrameError {
            throw error
        } catch {
            throw .unreadableHeader(text: String(decoding: header.prefix(200), as: UTF8.self), reason: "\(error)")
        }
    }

    /// The bytes to send.
    package var encoded: Data {
        var bytes = Data(capacity: 8 + header.count + payload.count)
        bytes.append(bigEndian: UInt32(4 + header.count + payload.count))
        bytes.append(bigEndian: UInt32(header.count))
        bytes.append(header)
        bytes.append(payload)
        return bytes
    }
}

/// Why bytes are not a frame, or a frame not a message.
package enum FrameError: Error, Equatable {
    /// The length field is outside 4 … `Frame.limit`.
    case length(UInt32)
    /// The header would end after the frame.
    case headerLength(UInt32, frame: UInt32)
    /// The header is not a JSON object of the expected shape.
    case unreadableHeader(text: String, reason: String)
    /// The peer speaks another version of the protocol.
    case version(theirs: Int)
    /// The header announces more descriptors than came with the frame.
    case descriptors(announced: Int, received: Int)
}

/// Cuts a stream of bytes into frames.
package struct FrameDecoder: Sendable {
    private var buffer = Data()
    private var start = 0

    package init() {}

    /// True when bytes of an unfinished frame are waiting.
    package var isInsideFrame: Bool { start < buffer.count }

    /// Adds received bytes.
    package mutating func append(_ bytes: UnsafeRawBufferPointer) {
        if start > 0, start == buffer.count || start > 1 << 16 {
            buffer = Data(buffer[(buffer.startIndex + start)...])
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next whole frame, or `nil` until more bytes come.
    package mutating func next() throws(FrameError) -> Frame? {
        guard let length = word(at: 0) else { return nil }
        guard length >= 4, Int(length) <= Frame.limit else { throw .length(length) }
        guard let headerLength = word(at: 4) else { return nil }
        guard headerLength <= length - 4 else { throw .headerLength(headerLength, frame: length) }
        guard buffer.count - start >= 4 + Int(length) else { return nil }
        let header = buffer.startIndex + start + 8
        let payload = header + Int(headerLength)
        let end = header + Int(length) - 4
        start += 4 + Int(length)
        return Frame(header: Data(buffer[header..<payload]), payload: Data(buffer[payload..<end]))
    }

    private func word(at offset: Int) -> UInt32? {
        guard buffer.count - start >= offset + 4 else { return nil }
        let first = buffer.startIndex + start + offset
        return buffer[first..<first + 4].reduce(0) { $0 << 8 | UInt32($1) }
    }
}

extension Data {
    fileprivate mutating func append(bigEndian value: UInt32) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}
