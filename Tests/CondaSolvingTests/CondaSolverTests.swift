import CondaPackaging
import CondaSolving
import Testing

@Suite struct CondaSolverTests {
    @Test func theHighestThatGoTogether() throws {
        let channel = try PlayedChannels([
            PlayedRecord(text: "python 3.12.1"), PlayedRecord(text: "python 3.11.4"),
            PlayedRecord(text: "numpy 2.0 py312", depends: ["python >=3.12,<3.13.0a0"]),
            PlayedRecord(text: "numpy 2.0 py311", depends: ["python >=3.11,<3.12.0a0"]),
            PlayedRecord(text: "numpy 1.26 py311", depends: ["python >=3.11,<3.12.0a0"]),
            PlayedRecord(text: "old 1.0", depends: ["numpy <2"]),
        ])
        #expect(try channel.solve(["numpy"]) == ["numpy=2.0=py312", "python=3.12.1=0"])
        #expect(try channel.solve(["numpy", "python 3.11.*"]) == ["numpy=2.0=py311", "python=3.11.4=0"])
        #expect(try channel.solve(["old"]) == ["numpy=1.26=py311", "old=1.0=0", "python=3.11.4=0"])
        #expect(try channel.solve(["old", "python=3.12"]) == nil)
        #expect(try channel.solve(["nothing"]) == nil)
    }

    @Test func whatOrdersRecordsOfOneVersion() throws {
        let channel = try PlayedChannels([
            PlayedRecord(text: "blas 1.0 mkl", trackFeatures: ["mkl"], number: 9), PlayedRecord(text: "blas 1.0 open", number: 0),
            PlayedRecord(text: "tool 1.0 a_1", number: 1), PlayedRecord(text: "tool 1.0 b_3", number: 3),
            PlayedRecord(text: "late 1.0 a", timestamp: 5), PlayedRecord(text: "late 1.0 b", timestamp: 9),
            PlayedRecord(text: "base 1.0"), PlayedRecord(text: "base 2.0"),
            PlayedRecord(text: "above 1.0 old", depends: ["base <2"], timestamp: 9),
            PlayedRecord(text: "above 1.0 new", depends: ["base >=1"], timestamp: 1),
            PlayedRecord(text: "twice 1.0 old", depends: ["base", "base <2"], timestamp: 9),
            PlayedRecord(text: "twice 1.0 new", depends: ["base", "base >=2"], timestamp: 1),
        ])
        #expect(try channel.solve(["blas"]) == ["blas=1.0=open"])
        #expect(try channel.solve(["tool"]) == ["tool=1.0=b_3"])
        #expect(try channel.solve(["late"]) == ["late=1.0=b"])
        #expect(try channel.solve(["above"]) == ["above=1.0=new", "base=2.0=0"])
        #expect(try channel.solve(["twice"]) == ["base=2.0=0", "twice=1.0=new"], "of two demands the narrower one counts")
    }

    /// A record with tracked features is not taken for its higher build number, however the solver came to it.
    @Test func featuresThatNothingNeeds() throws {
        let channel = try PlayedChannels([
            PlayedRecord(text: "top 1.0", depends: ["impl 1.*", "tool"]), PlayedRecord(text: "picky 1.0", depends: ["impl 1.0 b_2"]),
            PlayedRecord(text: "tool 2.0", depends: ["impl 2.*"]),
            PlayedRecord(text: "tool 1.0 b_2", depends: ["impl 1.0 b_2"], trackFeatures: ["other"], number: 2),
            PlayedRecord(text: "tool 1.0 a_1", depends: ["impl 1.0 a_1"], number: 1),
            PlayedRecord(text: "impl 2.0"), PlayedRecord(text: "impl 1.0 b_2", number: 2), PlayedRecord(text: "impl 1.0 a_1", number: 1),
        ])
        #expect(try channel.solve(["top"]) == ["impl=1.0=a_1", "tool=1.0=a_1", "top=1.0=0"])
        #expect(try channel.solve(["top", "picky"]) == ["impl=1.0=b_2", "picky=1.0=0", "tool=1.0=b_2", "top=1.0=0"])
        #expect(try channel.solve(["top", "tool 1.0 b_2"]) == ["impl=1.0=b_2", "tool=1.0=b_2", "top=1.0=0"])
        #expect(try channel.solve(["top", "impl"]) == ["impl=1.0=b_2", "tool=1.0=b_2", "top=1.0=0"], "impl was asked for")
    }

    @Test func whatLimitsOnly() throws {
        let channel = try PlayedChannels([
            PlayedRecord(text: "a 1.0", constrains: ["b <2"]), PlayedRecord(text: "b 1.0"), PlayedRecord(text: "b 2.0"),
        ])
        #expect(try channel.solve(["a"]) == ["a=1.0=0"])
        #expect(try channel.solve(["a", "b"]) == ["a=1.0=0", "b=1.0=0"])
        #expect(try channel.solve(["b"], constraints: ["b<2", "a>7"]) == ["b=1.0=0"])
    }

    @Test func virtualPackages() throws {
        var channel = try PlayedChannels([
            PlayedRecord(text: "gpu 2.0 cuda", depends: ["__cuda >=12"]), PlayedRecord(text: "gpu 1.0 cpu"),
            PlayedRecord(text: "old 1.0", constrains: ["__glibc >=2.30"]), PlayedRecord(text: "old 0.5"),
        ])
        #expect(try channel.solve(["gpu"]) == ["gpu=1.0=cpu"])
        channel.virtual = [try VirtualPackage(parsing: "__cuda=12.4"), try VirtualPackage(parsing: "__glibc=2.28")]
        #expect(try channel.solve(["gpu"]) == ["gpu=2.0=cuda"])
        #expect(try channel.solve(["old"]) == ["old=0.5=0"])
    }

    @Test func extrasAndConditions() throws {
        let channel = try PlayedChannels([
            PlayedRecord(text: "app 1.0", depends: ["compat[when=\"python <3.11\"]"], extras: ["plot": ["draw >=1"]]),
            PlayedRecord(text: "compat 1.0"), PlayedRecord(text: "draw 1.5"), PlayedRecord(text: "python 3.10"),
            PlayedRecord(text: "python 3.12"),
        ])
        #expect(try channel.solve(["app", "python"]) == ["app=1.0=0", "python=3.12=0"])
        #expect(try channel.solve(["app", "python=3.10"]) == ["app=1.0=0", "compat=1.0=0", "python=3.10=0"])
        #expect(try channel.solve(["app"]) == ["app=1.0=0"])
        #expect(try channel.solve(["app[extras=[plot]]"]) == ["app=1.0=0", "draw=1.5=0"])
    }

    /// A condition is a consequence: Python is not chosen so that it is missed.
    @Test func conditionsDoNotChoose() throws {
        let channel = try PlayedChannels([
            PlayedRecord(text: "app 1.0", depends: ["late[when=\"python >=3.12\"]", "python"]), PlayedRecord(text: "late 1.0"),
            PlayedRecord(text: "python 3.11"), PlayedRecord(text: "python 3.12"),
        ])
        #expect(try channel.solve(["app"]) == ["app=1.0=0", "late=1.0=0", "python=3.12=0"])
        #expect(try channel.solve(["app", "python<3.12"]) == ["app=1.0=0", "python=3.11=0"])
        #expect(try channel.solve(["app"], constraints: ["late>1"]) == ["app=1.0=0", "python=3.11=0"])
    }

    /// A group of dependencies that cannot be read counts only where the group is wanted.
    @Test func extrasThatCannotBeRead() throws {
        let channel = try PlayedChannels([
            PlayedRecord(text: "app 3.0", extras: ["plot": ["what >>= ["]]), PlayedRecord(text: "app 2.0", extras: ["plot": ["draw"]]),
            PlayedRecord(text: "app 1.0"), PlayedRecord(text: "draw 1.5"),
        ])
        #expect(try channel.solve(["app"]) == ["app=3.0=0"])
        #expect(try channel.solve(["app[extras=[plot]]"]) == ["app=2.0=0", "draw=1.5=0"])
        #expect(try channel.solve(["app>2[extras=[plot]]"]) == nil)
    }

    @Test func conditionsOfTooManyParts() throws {
        let pairs = (0..<12).map { "(a\($0) and b\($0))" }.joined(separator: " or ")
        let channel = try PlayedChannels([
            PlayedRecord(text: "app 2.0", depends: ["late[when=\"\(pairs)\"]"]), PlayedRecord(text: "app 1.0"),
            PlayedRecord(text: "late 1.0"),
        ])
        #expect(try channel.solve(["app"]) == ["app=1.0=0"])
        #expect(throws: MatchSpecError.self) {
            try MatchSpec(parsing: "late[when=\"\(Array(repeating: "a", count: 100_000).joined(separator: " and "))\"]")
        }
        #expect(throws: CondaRequestError.self) { try channel.solve(["late[when=\"\(pairs)\"]"]) }
    }

    @Test func channelsInTheirOrder() throws {
        var channels = try PlayedChannels([
            ("first", [PlayedRecord(text: "a 1.0 first"), PlayedRecord(text: "b 1.0", depends: ["a >=2"])]),
            ("second", [PlayedRecord(text: "a 2.0 second"), PlayedRecord(text: "c 1.0")]),
        ])
        #expect(try channels.solve(["a", "c"]) == ["a=1.0=first", "c=1.0=0"])
        #expect(try channels.solve(["b"]) == nil)
        #expect(try channels.solve(["second::a", "b"]) == ["a=2.0=second", "b=1.0=0"])
        channels.options.channelPriority = .flexible
        #expect(try channels.solve(["a"]) == ["a=1.0=first"])
        #expect(try channels.solve(["b"]) == ["a=2.0=second", "b=1.0=0"])
        channels.options.channelPriority = .disabled
        #expect(try channels.solve(["a"]) == ["a=2.0=second"])
    }

    @Test func strategiesAndPreferences() throws {
        var channel = try PlayedChannels([
            PlayedRecord(text: "a 1.0", depends: ["b"], timestamp: 10), PlayedRecord(text: "a 2.0", depends: ["b"], timestamp: 20),
            PlayedRecord(text: "b 1.0", timestamp: 10), PlayedRecord(text: "b 2.0", timestamp: 20), PlayedRecord(text: "b 3.0"),
        ])
        channel.options.strategy = .lowest
        #expect(try channel.solve(["a"]) == ["a=1.0=0", "b=1.0=0"])
        channel.options.strategy = .lowestDirect
        #expect(try channel.solve(["a"]) == ["a=1.0=0", "b=3.0=0"])
        channel.options.strategy = .highest
        channel.options.excludeNewer = 15
        #expect(try channel.solve(["a"]) == ["a=1.0=0", "b=1.0=0"])
        channel.options.excludeNewer = nil
        channel.options.preferences = [try CondaName(parsing: "b"): [.init(version: try CondaVersion(parsing: "2.0"))]]
        #expect(try channel.solve(["a"]) == ["a=2.0=0", "b=2.0=0"])
        #expect(try channel.solve(["a", "b>2"]) == ["a=2.0=0", "b=3.0=0"])
    }

    @Test func cyclesAndBadDependencies() throws {
        let channel = try PlayedChannels([
            PlayedRecord(text: "pip 1.0", depends: ["python"]), PlayedRecord(text: "python 3.12", depends: ["pip"]),
            PlayedRecord(text: "broken 2.0", depends: ["what >>= is this ["]), PlayedRecord(text: "broken 1.0"),
            PlayedRecord(text: "self 1.0", depends: ["self >=2"]), PlayedRecord(text: "gone 1.0", depends: ["nowhere"]),
            PlayedRecord(text: "star 2.0", depends: ["pyth*"]), PlayedRecord(text: "star 1.0"),
        ])
        #expect(try channel.solve(["python"]) == ["pip=1.0=0", "python=3.12=0"])
        #expect(try channel.solve(["broken"]) == ["broken=1.0=0"])
        #expect(try channel.solve(["star"]) == ["star=1.0=0"])
        #expect(try channel.solve(["self"]) == nil)
        #expect(try channel.solve(["gone"]) == nil)
        #expect(throws: CondaRequestError.self) { try channel.solve(["num*"]) }
    }

    @Test func recordsThatComeByName() throws {
        var channels = try PlayedChannels([PlayedRecord]())
        let channel = try CondaChannel(ChannelReference(parsing: "main"), home: "https://channels.example")
        let names = Set(try ["a", "b"].map { try CondaName(parsing: $0) })
        channels.sources = [CondaSource(channel: channel, subdir: .linux64, records: DecodedRecords(of: names))]
        var solver = try channels.solver(["a"])
        var asked: [String] = []
        let known = ["a": [PlayedRecord(text: "a 1.0", depends: ["b"])], "b": [PlayedRecord(text: "b 1.0")]]
        while case .needs(let wanted) = try solver.advance() {
            for name in wanted {
                asked.append(name.description)
                solver.learn(try (known[name.description] ?? []).map { try $0.record() }, of: name, source: 0)
            }
        }
        guard case .solved(let records) = try solver.advance() else {
            Issue.record("no solution")
            return
        }
        #expect(asked == ["a", "b"])
        #expect(records.map(\.record.name.description) == ["a", "b"])
    }

    /// Twenty packages that exclude each other in pairs: a search that learns nothing would not end.
    @Test func aHardCaseEnds() throws {
        var records: [PlayedRecord] = []
        for name in 0..<8 {
            for version in 1...7 {
                let others = (0..<8).filter { $0 != name }.map { "p\($0) !=\(version)" }
                records.append(PlayedRecord(text: "p\(name) \(version)", depends: others))
            }
        }
        // Eight packages, seven versions, no two the same.
        #expect(try PlayedChannels(records).solve((0..<8).map { "p\($0)" }) == nil)
        #expect(try PlayedChannels(records.filter { !$0.text.hasPrefix("p7") }.map { record in
            var record = record
            record.depends.removeAll { $0.hasPrefix("p7") }
            return record
        }).solve((0..<7).map { "p\($0)" })?.count == 7)
    }
}
