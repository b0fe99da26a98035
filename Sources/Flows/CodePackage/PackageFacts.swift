import FlowModel
import FoundationEssentials

/// The files of `.mf_meta/` and `.mf_install` that describe a package.
enum PackageFacts {
    /// `INFO`: facts about the run, without the empty ones.
    static func info(_ facts: [String: JSONValue]) -> [UInt8] {
        json(.object(facts.filter { !isEmpty($0.value) }))
    }

    /// `CONFIG`: the values of configs, each with whether it is plain; empty for a flow without.
    static func config(_ configs: [String: JSONValue]) -> [UInt8] {
        json(.object(configs.isEmpty ? [:] : ["user_configs": .object(configs)]))
    }

    /// `.mf_install`: which files below `.mf_code/` come from modules that are packed whole.
    static func installation(moduleFiles: [String]) -> [UInt8] {
        json(.object(["version": .integer(1), "module_files": .array(moduleFiles.sorted().map { .string($0) })]))
    }

    static func isEmpty(_ value: JSONValue) -> Bool {
        switch value {
        case .null, .string(""), .array([]): true
        case .object(let members): members.isEmpty
        default: false
        }
    }

    private static func json(_ value: JSONValue) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Only a number that is none, as infinity, cannot be encoded; no fact is one.
        return (try? Array(encoder.encode(value))) ?? Array("{}".utf8)
    }
}
