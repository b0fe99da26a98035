/// A flow as its worker reports it: the member `flow` of `hello` (docs/worker-protocol.md). The worker reports, the
/// engine judges: nothing here is checked yet.
package struct FlowDescription: Hashable, Sendable, Codable {
    package var name: FlowName
    /// The file that holds the flow's class.
    package var file: String
    /// The flow file as the person typed it.
    package var script: String
    package var doc: String?
    /// In the order of their definition, inherited ones included.
    package var steps: [StepDescription]
    package var parameters: [ParameterDescription]
    package var configs: [ConfigDescription]
    /// Options that its decorators add to the top of the command line.
    package var options: [FlowOptionDescription]
    /// Class attributes that are stored once and cannot be assigned.
    package var constants: [String]
    /// Decorators of the class.
    package var decorators: [DecoratorDescription]
    /// Files of the modules that were imported with the flow.
    package var modules: [String]
    /// Modules that asked to be packaged whole.
    package var packageModules: [String]
    /// Files that mutators and plug-in decorators add to the code package; known once the host is configured.
    package var packageFiles: [PackageFileDescription]

    package init(
        name: FlowName, file: String, script: String? = nil, doc: String? = nil, steps: [StepDescription],
        parameters: [ParameterDescription] = [], configs: [ConfigDescription] = [],
        options: [FlowOptionDescription] = [], constants: [String] = [], decorators: [DecoratorDescription] = [],
        modules: [String] = [], packageModules: [String] = [], packageFiles: [PackageFileDescription] = []
    ) {
        self.name = name
        self.file = file
        self.script = script ?? file
        self.doc = doc
        self.steps = steps
        self.parameters = parameters
        self.configs = configs
        self.options = options
        self.constants = constants
        self.decorators = decorators
        self.modules = modules
        self.packageModules = packageModules
        self.packageFiles = packageFiles
    }

    private enum CodingKeys: String, CodingKey {
        case name, file, script, doc, steps, parameters, configs, options, constants, decorators, modules
        case packageModules = "package_modules"
        case packageFiles = "package_files"
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            name: try members.decode(FlowName.self, forKey: .name),
            file: try members.decode(String.self, forKey: .file),
            script: try members.decodeIfPresent(String.self, forKey: .script),
            doc: try members.decodeIfPresent(String.self, forKey: .doc),
            steps: try members.decode([StepDescription].self, forKey: .steps),
            parameters: try members.decodeIfPresent([ParameterDescription].self, forKey: .parameters) ?? [],
            configs: try members.decodeIfPresent([ConfigDescription].self, forKey: .configs) ?? [],
            options: try members.decodeIfPresent([FlowOptionDescription].self, forKey: .options) ?? [],
            constants: try members.decodeIfPresent([String].self, forKey: .constants) ?? [],
            decorators: try members.decodeIfPresent([DecoratorDescription].self, forKey: .decorators) ?? [],
            modules: try members.decodeIfPresent([String].self, forKey: .modules) ?? [],
            packageModules: try members.decodeIfPresent([String].self, forKey: .packageModules) ?? [],
            packageFiles: try members.decodeIfPresent([PackageFileDescription].self, forKey: .packageFiles) ?? [])
    }
}
