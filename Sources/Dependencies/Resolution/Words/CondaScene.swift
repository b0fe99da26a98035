internal import CondaChannels
internal import CondaPackaging
internal import CondaSolving
internal import PythonPackaging

/// What was known of conda packages when a resolution failed, as far as words and hints look at it.
struct CondaScene: Sendable {
    /// A record of a conda package that has a project.
    struct StandIn: Sendable, Hashable {
        let package: CondaPackageID
        /// The place of the record among the package's candidates.
        let record: Int
        /// The version of the project in it.
        let version: Version
    }

    /// What the solver was told; the packages of the proof have their candidates in order.
    var book: CondaBook
    /// The folders of the channels, in the order of the book's sources.
    let contents: [ChannelContent]
    let target: CondaTarget
    /// Which candidates of projects stand for records, by the numbers that the solver has for them.
    var standIns: [PackageName: [Int: StandIn]] = [:]
    /// Why there can be no other Python than the one that was tried, where that was asked: the proof of the same conda
    /// packages with any other Python, in the numbers of the book.
    var pythonHold: ConflictScene.Proof?

    /// The names of the channels, the first one first.
    var channels: [String] { contents.map(\.channel.name).unique }
}
