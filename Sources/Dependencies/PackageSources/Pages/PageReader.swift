import Diagnostics
import PythonPackaging
import Synchronization

/// Reads pages of indexes, and leaves out what an index may not offer.
final class PageReader: Sendable {
    private let progress: ProgressSink
    /// Indexes of which a word was said already.
    private let told = Mutex<Set<String>>([])

    /// The latest version of the simple API that is understood in full; later ones of the same major may say more.
    private static let knownMinorVersion = 4

    init(_ progress: @escaping ProgressSink) { self.progress = progress }

    /// - Parameter url: the address that answered, to which links are relative.
    func read(
        _ content: [UInt8], _ contentType: String?, _ url: String, of index: PackageIndex
    ) throws(PackageSourceError) -> ProjectPage {
        var page: ProjectPage
        do throws(ProjectPageError) {
            page = switch Self.form(contentType, content) {
            case .json: try ProjectPage(json: content, baseURL: url)
            case .html: try ProjectPage(html: content, baseURL: url)
            }
        } catch {
            throw .page(url: redacting(url), reason: "\(error)")
        }
        if index.address.isFile {
            page.files.removeAll { !Self.isWeb($0.url) && FileURL.path($0.url) == nil }
        } else if !page.files.allSatisfy({ Self.isWeb($0.url) }) {
            // A server has no say about files of this machine.
            page.files.removeAll { !Self.isWeb($0.url) }
        }
        for position in page.files.indices where page.files[position].url.utf8.contains(UInt8(ascii: "@")) {
            page.files[position].url = withoutCredentials(page.files[position].url)
        }
        tell(page.apiVersion, index)
        return page
    }

    /// PEP 629: a later minor version is understood as far as it goes, with a warning.
    private func tell(_ version: String, _ index: PackageIndex) {
        guard version.utf8.count > 2, let minor = Int(version.split(separator: ".").dropFirst().first ?? "0"),
            minor > Self.knownMinorVersion, told.withLock({ $0.insert(index.address.url).inserted })
        else { return }
        progress(
            .warning(
                "\(index.address.redacted) answers with version \(version) of the simple API, which is later than "
                    + "1.\(Self.knownMinorVersion); what is new in it is passed over"))
    }

    private static func isWeb(_ url: String) -> Bool {
        let utf8 = url.utf8
        return utf8.starts(with: "https://".utf8) || utf8.starts(with: "http://".utf8)
            || (utf8.prefix(8).count >= 7 && ["https://", "http://"].contains { prefix in
                utf8.count >= prefix.utf8.count && url.prefix(prefix.utf8.count).lowercased() == prefix
            })
    }

    private enum Form { case json, html }

    /// The content type decides, except where it is one that says nothing.
    private static func form(_ contentType: String?, _ content: [UInt8]) -> Form {
        let type = contentType?.lowercased() ?? ""
        if type.contains("json") { return .json }
        if type.contains("html") { return .html }
        let first = content.first { $0 > 0x20 }
        return first == UInt8(ascii: "{") ? .json : .html
    }
}
