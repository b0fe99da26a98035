import CondaPackaging
import CondaPrefixes
import Digests
import FoundationEssentials
import Lockfiles
import SystemPackage

/// What an archive says of its package (`info/index.json`), for locks that know no more than its file name.
struct ArchivedRecord: Decodable {
    private let noarch: RepodataRecord.NoArch?
    private let buildNumber: UInt64?
    private let depends: [String]?
    private let constrains: [String]?
    private let license: String?
    private let licenseFamily: String?
    private let timestamp: Int64?
    private let sitePackages: String?

    private enum Member: String, CodingKey {
        case noarch, depends, constrains, license, timestamp
        case buildNumber = "build_number"
        case licenseFamily = "license_family"
        case sitePackages = "python_site_packages_path"
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Member.self)
        // Old packages have `true` here, for something else.
        noarch = (try? members.decodeIfPresent(RepodataRecord.NoArch.self, forKey: .noarch)) ?? nil
        buildNumber = try members.decodeIfPresent(UInt64.self, forKey: .buildNumber)
        depends = try members.decodeIfPresent([String].self, forKey: .depends)
        constrains = try members.decodeIfPresent([String].self, forKey: .constrains)
        license = (try? members.decodeIfPresent(String.self, forKey: .license)) ?? nil
        licenseFamily = (try? members.decodeIfPresent(String.self, forKey: .licenseFamily)) ?? nil
        timestamp = (try? members.decodeIfPresent(Int64.self, forKey: .timestamp)) ?? nil
        sitePackages = try members.decodeIfPresent(String.self, forKey: .sitePackages)
    }

    /// The record, with what the archive says where the lock says nothing. Blocks.
    ///
    /// - Parameter unpacked: of the cache, where its folder is named by the digest of the archive.
    static func completed(_ package: LockedCondaPackage, _ unpacked: UnpackedCondaPackage) -> RepodataRecord {
        var record = package.record
        record.sha256 = record.sha256 ?? unpacked.folder.lastComponent.flatMap { SHA256Digest(hex: $0.string) }
        let isBare = record.depends.isEmpty && record.noarch == nil && record.timestamp == nil && record.size == nil
        guard isBare, let data = FileManager.default.contents(atPath: unpacked.information.appending("index.json").string),
            let archived = try? JSONDecoder().decode(Self.self, from: data)
        else { return record }
        record.noarch = archived.noarch
        record.buildNumber = archived.buildNumber ?? record.buildNumber
        record.depends = archived.depends ?? []
        record.constrains = archived.constrains ?? []
        record.license = archived.license
        record.licenseFamily = archived.licenseFamily
        record.timestamp = archived.timestamp
        record.pythonSitePackagesPath = archived.sitePackages
        return record
    }
}
