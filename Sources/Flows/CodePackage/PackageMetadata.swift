package import FlowModel
import FoundationEssentials

/// What is known about a package beside its archive: `CodePackageRecord.metadata`.
///
/// Facts of the machine, the person and the checkout stand here and not in the archive, so that equal code has an equal digest
/// wherever, whenever and by whomever it was packed.
package struct PackageMetadata: Codable, Sendable, Hashable {
    package var version = 0
    package var archiveFormat = "tgz"
    package var contentVersion = 1
    /// Facts by their names, as `Run.code.info` has them.
    package var info: [String: JSONValue]

    private enum CodingKeys: String, CodingKey {
        case version
        case archiveFormat = "archive_format"
        case contentVersion = "mfcontent_version"
        case info
    }

    /// - Parameter info: empty ones are left out.
    package init(info: [String: JSONValue] = [:]) {
        self.info = info.filter { !PackageFacts.isEmpty($0.value) }
    }

    /// Reads what a run recorded; older runs say less.
    package init(parsing text: String) {
        let members = try? JSONDecoder().decode([String: JSONValue].self, from: Data(text.utf8))
        self.init()
        if case .object(let info)? = members?["info"] { self.info = info }
    }

    /// As it is recorded.
    package var text: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Texts, truths and numbers can always be encoded.
        return (try? String(decoding: encoder.encode(self), as: UTF8.self)) ?? "{}"
    }
}
