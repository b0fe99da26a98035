import CondaChannels
import CondaPackaging
import Diagnostics
import SystemPackage
import TestSupport
import Testing

/// What is found about channels in variables and in files of conda.
@Suite struct SettingsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func settings(
        _ files: [String: String] = [:], _ variables: [String: String] = [:], channels: [String] = []
    ) throws -> ChannelSettings {
        for (name, text) in files { _ = try folder.write(folders: name, Array(text.utf8)) }
        var options = ChannelOptions()
        options.channels = channels
        options.folder = "/project"
        options.systemFolder = folder.path.appending("etc").string
        let own = ["HOME": folder.path.appending("home").string]
        return try ChannelSettings.discover(options: options, environment: own.merging(variables) { $1 })
    }

    private func addresses(_ settings: ChannelSettings) throws -> [String] { try settings.channels().map(\.baseURL) }

    @Test func theUsualChannelNeedsAPlace() throws {
        let settings = try settings()
        #expect(settings.channelNames == ["conda-forge"] && settings.priority == .strict)
        let error = #expect(throws: CondaChannelError.self) { try settings.channels() }
        guard case .unknownHome("conda-forge")? = error else { return #expect(Bool(false), "\(error as Any)") }
        #expect(error?.diagnostic.help?.contains("PENSTOCK_CONDA_CHANNEL_ALIAS") == true)
    }

    @Test func variablesComeBeforeFiles() throws {
        let file = "channel_alias: https://a.example/\nchannels:\n  - one\n  - two\nchannel_priority: flexible\n"
        let fromFile = try settings(["home/.condarc": file])
        #expect(try addresses(fromFile) == ["https://a.example/one", "https://a.example/two"])
        #expect(fromFile.priority == .flexible)
        let variables = [
            "CONDA_CHANNELS": "three,four", "CONDA_CHANNEL_ALIAS": "https://b.example", "CONDA_CHANNEL_PRIORITY": "strict",
        ]
        let fromVariables = try settings([:], variables)
        #expect(try addresses(fromVariables) == ["https://b.example/three", "https://b.example/four"])
        #expect(fromVariables.priority == .strict)
        let own = variables.merging(["PENSTOCK_CONDA_CHANNEL_ALIAS": "https://c.example", "PENSTOCK_CONDA_CHANNELS": "five"]) { $1 }
        #expect(try addresses(try settings([:], own)) == ["https://c.example/five"])
        #expect(try addresses(try settings([:], own, channels: ["six", "https://d.example/x/", "./local"])) == [
            "https://c.example/six", "https://d.example/x", "file:///project/local",
        ])
    }

    @Test func laterFilesComeBeforeEarlierOnes() throws {
        let files = [
            "etc/conda/condarc": "channel_alias: https://system.example\nchannels: [system]\nlocal_repodata_ttl: 60\n",
            "home/.config/conda/.condarc": "channels: [config]\nlocal_repodata_ttl: 0\n",
            "home/.mambarc": "mirrored_channels:\n  mirrored: [https://m.example/a, https://m.example/b]\n",
        ]
        let settings = try settings(files)
        #expect(try addresses(settings) == ["https://system.example/config"])
        #expect(settings.lifetime == 0)
        #expect(settings.mirrors == ["mirrored": ["https://m.example/a", "https://m.example/b"]])
    }

    @Test func groupsAndOwnPlaces() throws {
        let file = """
            custom_channels:
              inner: https://inner.example/conda/
            default_channels: [https://d.example/main, inner]
            custom_multichannels:
              mine: [inner, https://d.example/main]
            mirrored_channels:
              far: [https://near.example/far]
            """
        let settings = try settings(["home/.condarc": file], ["PENSTOCK_CONDA_CHANNELS": "mine,defaults,inner/label/dev,far"])
        #expect(try addresses(settings) == [
            "https://inner.example/conda/inner", "https://d.example/main", "https://inner.example/conda/inner/label/dev",
            "https://near.example/far",
        ])
    }

    @Test func variablesInAFileAreReplaced() throws {
        let file = "channels:\n  - https://${USER_NAME}:$WORD@a.example/x\n  - https://a.example/$UNSET${UNSET}y\n"
        let settings = try settings(["home/.condarc": file], ["USER_NAME": "me", "WORD": "pass"])
        let channels = try settings.channels()
        #expect(channels[0].baseURL == "https://a.example/x")
        #expect(channels[0].credentials == .basic(user: "me", password: "pass"))
        #expect(settings.channelNames[1] == "https://a.example/$UNSET${UNSET}y")
    }

    @Test func whatIsNotFollowedIsSaid() throws {
        let settings = try settings(["home/.condarc": "denylist_channels: [bad]\nauto_update_conda: false\n"])
        #expect(settings.warnings.count == 1 && settings.warnings[0].hasPrefix("'denylist_channels' in "))
    }

    @Test func mirrorsOfAVariable() throws {
        let settings = try settings([:], ["PENSTOCK_CONDA_MIRRORS": "one=https://a.example/one,file:///x https://b.example/?q=1=/y"])
        #expect(settings.mirrors == ["one": ["https://a.example/one", "file:///x"], "https://b.example/?q=1": ["/y"]])
    }

    @Test(arguments: [
        ("channels: {a: b}", 1, "'channels' is to be a text"), ("- a\n- b\n", 1, "expected names with values"),
        ("a: [", nil, "it is not YAML"), ("x: 1\nlocal_repodata_ttl: soon\n", 2, "'local_repodata_ttl' is to be a number of seconds"),
        ("channel_priority: sometimes", nil, "'sometimes' is no channel priority: strict, flexible or disabled"),
        ("custom_channels: [a]", 1, "'custom_channels' is to have names with values"),
    ])
    func aWrongFileIsNamed(text: String, line: Int?, problem: String) throws {
        let error = #expect(throws: CondaChannelError.self) { try settings(["home/.condarc": text]) }
        guard case .configuration(let origin, let found, problem)? = error else { return #expect(Bool(false), "\(error as Any)") }
        #expect(origin.hasSuffix("/home/.condarc"))
        if let line { #expect(found == line) }
    }

    @Test(arguments: ["", "\n", "# nothing\n", "null\n", "channels:\n", "report_errors: false\n"])
    func aFileThatSaysNothingIsRight(text: String) throws {
        #expect(try settings(["home/.condarc": text]).channelNames.allSatisfy { $0 == "conda-forge" })
    }

    @Test(arguments: [
        ["PENSTOCK_CONDA_SHARDS": "maybe"], ["PENSTOCK_CONDA_REPODATA_LIFETIME": "-1"], ["PENSTOCK_CONDA_MIRRORS": "one"],
        ["CONDA_CHANNEL_PRIORITY": "odd"],
    ])
    func aWrongVariableIsNamed(variables: [String: String]) throws {
        let error = #expect(throws: CondaChannelError.self) { try settings([:], variables) }
        guard case .configuration(let origin, _, _)? = error else { return #expect(Bool(false), "\(error as Any)") }
        #expect(origin == variables.keys.first)
    }

    @Test func textThatIsNoChannelIsNamed() throws {
        let settings = try settings([:], ["CONDA_CHANNELS": "a?b", "CONDA_CHANNEL_ALIAS": "https://a.example"])
        let error = #expect(throws: CondaChannelError.self) { try settings.channels() }
        guard case .badChannel(_, origin: "CONDA_CHANNELS")? = error else { return #expect(Bool(false), "\(error as Any)") }
    }
}
