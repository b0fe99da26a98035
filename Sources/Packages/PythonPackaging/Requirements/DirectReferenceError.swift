/// Text that is no reference to an archive, a Git repository or a folder.
public struct DirectReferenceError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Problem: Error, Hashable, Sendable {
        case empty
        /// A control character, such as a NUL byte.
        case controlCharacter
        /// Another version control system than Git: its name.
        case otherSystem(String)
        /// An address of a repository that a URL has to be made of, with the URL.
        case repositoryAddress(instead: String)
        /// A scheme that nothing here knows.
        case scheme(String)
        case noHost
        /// A `file:` URL with the name of another machine.
        case otherHost(String)
        /// Nothing follows the `@`.
        case emptyRevision
        /// A host or revision that Git would take for an option.
        case optionLike(String)
        /// A key of the fragment that means nothing.
        case fragment(String)
        /// A hash with the wrong number of digits, or with something else than digits: its algorithm.
        case hash(String)
        /// Not the name of a package after `egg=`.
        case egg(String)
        /// A folder outside of the project.
        case subdirectory(String)
        /// A relative path, and no folder from which it begins.
        case relativePath
        /// The URL names no file.
        case noFile
        /// Neither a folder nor a repository after `-e`.
        case notEditable
    }

    /// What was read, without credentials.
    public let text: String
    public let problem: Problem

    init(_ text: String, _ problem: Problem) {
        self.text = DirectReference.redacting(text)
        self.problem = problem
    }

    public var description: String { "\(text.quoted) \(reason)" }

    private var reason: String {
        switch problem {
        case .empty: "names nothing"
        case .controlCharacter: "contains a control character"
        case .otherSystem(let name): "is a repository of \(name), and only Git is known"
        case .repositoryAddress: "is the address of a repository, not its URL"
        case .scheme(let scheme): "begins with \("\(scheme):".quoted), which is none of http:, https:, file: and git+…:"
        case .noHost: "names no host"
        case .otherHost(let host): "is a file of another machine, \(host.quoted)"
        case .emptyRevision: "has no revision after '@'"
        case .optionLike(let text): "contains \(text.quoted), which Git would take for an option"
        case .fragment(let key): "has \(key.quoted) after '#', which means nothing"
        case .hash(let algorithm): "has something after '\(algorithm)=' that is no such hash"
        case .egg(let name): "has \(name.quoted) after 'egg=', which is not the name of a package"
        case .subdirectory(let path): "names the subdirectory \(path.quoted), which is not within the project"
        case .relativePath: "is a relative path, which means nothing here"
        case .noFile: "names no file"
        case .notEditable: "cannot be installed as editable: it is neither a folder nor a repository"
        }
    }

    /// What to write instead.
    public var help: String {
        switch problem {
        case .empty, .noFile, .noHost: "write the URL of a wheel or source distribution, or git+https://HOST/PATH@REVISION"
        case .controlCharacter: "write the address without it"
        case .otherSystem: "give the URL of an archive with the same sources, or of a Git repository"
        case .repositoryAddress(let instead): "write \(instead)"
        case .scheme: "write the URL of a wheel or source distribution, git+https://HOST/PATH@REVISION, or a path"
        case .otherHost: "write file:///PATH for a file of this machine"
        case .emptyRevision: "write a branch, tag or commit after '@', or leave it out"
        case .optionLike: "name a host, and a branch, tag or commit, that begin with a letter or digit"
        case .fragment:
            "after '#' there may be subdirectory=PATH, egg=NAME and hashes such as sha256=DIGITS, with '&' between them"
        case .hash: "copy the whole hash in hexadecimal digits"
        case .egg: "write the name of the package in front: NAME @ URL"
        case .subdirectory: "write a path that begins in the project's folder and stays there"
        case .relativePath: "write an absolute path or a URL"
        case .notEditable: "leave out -e"
        }
    }
}
