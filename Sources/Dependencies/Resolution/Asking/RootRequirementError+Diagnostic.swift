public import Diagnostics

extension RootRequirementError: DiagnosticError {
    public var diagnostic: Diagnostic {
        switch problem {
        case .malformed(let message):
            Diagnostic(
                .user, "\(spelled) cannot be read as a requirement", details: [message],
                help: "write a version such as '1.2', or specifiers such as '>=1.2,<2'")
        case .url(let url):
            Diagnostic(
                .user, "\(spelled) asks for a file by its URL, which this version of Penstock does not support",
                details: [url], help: "ask for a version that a package index offers")
        case .repository(let address):
            Diagnostic(
                .user, "\(spelled) asks for a repository, which this version of Penstock does not support",
                details: [address], help: "ask for a version that a package index offers")
        case .path(let path):
            Diagnostic(
                .user, "\(spelled) asks for a file or folder, which this version of Penstock does not support",
                details: [path], help: "put the module beside the flow, or ask for a version that a package index offers")
        case .option(let option):
            Diagnostic(
                .user, "\(spelled) is an option of pip and no requirement", details: [option],
                help: "name packages and versions only")
        case .channel:
            Diagnostic(
                .user, "\(spelled) names a conda channel, but package indexes have none",
                help: "leave out what stands before '::', or use @conda")
        case .build:
            Diagnostic(
                .user, "\(spelled) names a conda build, but packages of an index have none",
                help: "leave out the second '=' and what follows it, or use @conda")
        case .marker:
            Diagnostic(
                .user, "\(spelled) has a condition in the name of the package",
                help: "leave out ';' and what follows it: the packages are for one Python and one platform anyway")
        }
    }
}
