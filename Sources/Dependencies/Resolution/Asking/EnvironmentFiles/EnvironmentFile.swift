internal import CondaPackaging
internal import Lockfiles

/// What a conda `environment.yml` says (CEP 24), with conda-lock's and micromamba's selectors of platforms.
///
/// The whole of YAML is read; what is a number or a truth there is taken as the text that was written.
struct EnvironmentFile {
    struct Item: Hashable {
        var text: String
        /// From 1.
        var line: Int
        /// The platforms that it is for; `nil` for all.
        var platforms: Set<Subdir>?
    }

    /// What somebody would call the environment.
    var name: String?
    /// As they are named, `nodefaults` among them.
    var channels: [Item] = []
    /// Conda's own packages, `python` among them.
    var packages: [Item] = []
    /// The lines of the pip part, as in a requirements file.
    var pip: [Item] = []
    /// `linux-64`…
    var platforms: [Item] = []
    /// The names of the variables that an active environment would have.
    var variables: [Item] = []
    /// Keys that have no meaning in such a file.
    var otherKeys: [Item] = []

    /// - Parameter file: as messages name it.
    init(_ text: String, file: String) throws(ForeignFileError) {
        try EnvironmentFileReader(text, file: file).read(into: &self)
    }
}
