import FlowModel
import FoundationEssentials
import Ledger

/// The options of a command line that decide on what a run does, as the run records them: with the code, the configs and
/// the parameters they are what `reproduce` needs.
struct RecordedOptions: Codable, Equatable {
    static let metadataName = "run-options"

    /// Decorators that were added, the strongest first.
    var with: [String]?
    /// `local`, `pypi` or `uv`; absent where decorators decide.
    var environment: String?
    /// How many items a foreach could have.
    var maxSplits: Int?
    /// How many tasks could run at a time, where somebody said so.
    var maxWorkers: Int?
    /// What `--snapshot` said.
    var snapshot: String?
    /// Of flows with `@project`.
    var branch: String?
    var production: Bool?
    /// Options of plug-in decorators, by name.
    var plugins: [String: JSONValue]?
    /// `PYTHONHASHSEED` of the interpreter that ran the flow file, where it was set.
    var hashSeed: String?

    init() {}

    init(_ session: FlowSession, _ limits: RunLimits, snapshot: String?) {
        maxWorkers = limits.typedWorkers
        self.snapshot = snapshot
        with = session.decoratorTexts.isEmpty ? nil : session.decoratorTexts
        environment = session.options.environmentSource.name
        maxSplits = limits.maxSplits
        branch = session.top?.branch
        production = session.top?.production == true ? true : nil
        plugins = session.top.flatMap { $0.plugins.isEmpty ? nil : $0.plugins }
        hashSeed = session.settings.process["PYTHONHASHSEED"].flatMap { UInt32($0) == nil ? nil : $0 }
    }

    /// Those that a run has recorded; none of runs of earlier versions.
    init(recorded facts: [String: String]) {
        let text = facts[Self.metadataName] ?? "{}"
        self = (try? JSONDecoder().decode(RecordedOptions.self, from: Data(text.utf8))) ?? RecordedOptions()
    }

    var metadata: MetadataEntry? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .useDefaultKeys
        guard let data = try? encoder.encode(self) else { return nil }
        return MetadataEntry(name: Self.metadataName, value: String(decoding: data, as: UTF8.self), type: Self.metadataName)
    }

    /// Those that stand before the command on a command line.
    var topWords: [String] {
        var words: [String] = []
        if let branch { words += ["--branch", branch] }
        if production == true { words.append("--production") }
        for (name, value) in (plugins ?? [:]).sorted(by: { $0.key < $1.key }) {
            switch value {
            case .bool(let isSet): words += isSet ? ["--\(name)"] : []
            case .array(let values): words += values.flatMap { ["--\(name)", $0.plainText] }
            default: words += ["--\(name)", value.plainText]
            }
        }
        return words
    }
}

extension JSONValue {
    fileprivate var plainText: String {
        if case .string(let text) = self { return text }
        return json
    }
}
