/// The version of this engine.
package enum EngineVersion {
    package static let current = "0.1.0"
}
