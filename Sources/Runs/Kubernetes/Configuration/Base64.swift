import FoundationEssentials

/// Base64 of kubeconfig files (RFC 4648, 4), broken into lines or not.
enum Base64 {
    static func decode(_ text: String) -> [UInt8]? {
        let dense = text.filter { !$0.isWhitespace }
        return Data(base64Encoded: dense).map { Array($0) }
    }

    static func encode(_ text: String) -> String { Data(text.utf8).base64EncodedString() }
}
