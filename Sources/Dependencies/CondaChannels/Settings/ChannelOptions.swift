/// What the person's own options say about channels; it comes before every variable and file.
public struct ChannelOptions: Sendable, Hashable {
    /// The channels, the first of the highest rank; empty for the configured ones.
    public var channels: [String] = []
    /// `nil` for what is configured.
    public var priority: ChannelSettings.Priority?
    /// The folder that relative paths of channels begin at.
    public var folder: String?

    /// Where the machine's own configuration lies; tests have another place.
    package var systemFolder = "/etc"

    public init() {}
}
