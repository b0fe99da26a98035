package import Diagnostics

/// What the top of the command line says about the project's branch.
package struct ProjectOptions: Hashable, Sendable {
    /// Of `--branch`.
    package var branch: String?
    /// Of `--production`.
    package var production: Bool

    package init(branch: String? = nil, production: Bool = false) {
        self.branch = branch
        self.production = production
    }
}

/// The place of a run in its project: what `@project` and the command line come to.
package struct ProjectIdentity: Hashable, Sendable {
    package let name: String
    /// `user.NAME`, `test.BRANCH`, `prod` or `prod.BRANCH`.
    package let branch: String
    /// The flow's name in the project: `project.branch.Flow`.
    package let flow: String
    /// Whether neither a branch nor production was asked for.
    package let isUserBranch: Bool
    package let isProduction: Bool

    /// System tags of the project's runs.
    package var tags: [String] { ["project:\(name)", "project_branch:\(branch)"] }

    /// - Parameters:
    ///   - username: whose branch it is when nothing else is asked for.
    package init(
        settings: ProjectSettings, options: ProjectOptions, username: String, flow: FlowName
    ) throws(ProjectError) {
        func refuse(_ problem: ProjectError.Problem) -> ProjectError { ProjectError(settings: settings, problem: problem) }
        let asked = options.branch.flatMap { $0.isEmpty ? nil : $0 }
        if let asked, let own = settings.branch, asked != own { throw refuse(.branchTwice(own, asked)) }
        if options.production, settings.production == false { throw refuse(.productionTwice) }
        if let asked, !ProjectSettings.isName(asked) { throw refuse(.branchName(asked)) }
        let branch = settings.branch ?? asked
        isProduction = settings.production ?? options.production
        isUserBranch = branch == nil && !isProduction
        name = settings.name
        self.branch =
            switch (branch, isProduction) {
            case (let branch?, true): "prod.\(branch)"
            case (let branch?, false): "test.\(branch)"
            case (nil, true): "prod"
            case (nil, false): "user.\(username)"
            }
        self.flow = "\(settings.name).\(self.branch).\(flow)"
    }
}

/// Options of the command line that do not go with `@project`.
package struct ProjectError: DiagnosticError, Hashable {
    package enum Problem: Hashable, Sendable {
        case branchTwice(String, String)
        case productionTwice
        case branchName(String)
    }

    package let settings: ProjectSettings
    package let problem: Problem

    package var diagnostic: Diagnostic {
        switch problem {
        case .branchTwice(let own, let asked):
            Diagnostic(
                .user, "--branch is '\(asked)', and @project of the flow says branch='\(own)'", file: settings.file,
                line: settings.line, help: "leave out --branch, or take branch away from @project")
        case .productionTwice:
            Diagnostic(
                .user, "--production is asked for, and @project of the flow says production=False", file: settings.file,
                line: settings.line, help: "leave out --production, or take production away from @project")
        case .branchName(let asked):
            Diagnostic(.user, "--branch is '\(asked)', which cannot be the name of a branch", help: ProjectSettings.nameHelp)
        }
    }
}
