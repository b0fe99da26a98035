import Clusters
import FlowModel

extension ClusterContract {
    /// What jobs find when they run.
    static let running = [
        Row("each job knows its place, and ids are in the order of places") { scene in
            let script = "printf %s \"$PENSTOCK_JOB_INDEX\" > \(scene.quoted(scene.path("index-")))$PENSTOCK_JOB_INDEX\nexit $((PENSTOCK_JOB_INDEX * 7))\n"
            let ids = try await scene.submit(scene.group(of: 5, script: script))
            let endings = try await scene.endings(of: ids)
            let causes = endings.map(\.cause)
            let expected: [JobEnding.Cause] = [.completed, .exited(code: 7), .exited(code: 14), .exited(code: 21), .exited(code: 28)]
            try require(causes == expected, "jobs that end with 0, 7, 14, 21, 28 are said to end as \(causes)")
            for index in 0..<5 {
                let text = try await scene.left("index-\(index)")
                try require(text == Array("\(index)".utf8), "job \(index) believes to be \(text)")
            }
        },
        Row("jobs run once, however often they are submitted") { scene in
            let script = "echo x >> \(scene.quoted(scene.path("once-")))$PENSTOCK_JOB_INDEX\nsleep 1\n"
            let group = scene.group(of: 3, script: script)
            let ids = try await scene.submit(group)
            _ = try await scene.bench.executor().submit(group)
            _ = try await scene.endings(of: ids)
            _ = try await scene.bench.executor().submit(group)
            _ = try await scene.endings(of: ids)
            for index in 0..<3 {
                let text = try await scene.left("once-\(index)")
                try require(text == Array("x\n".utf8), "job \(index) ran \(text.count / 2) times")
            }
        },
        Row("variables arrive as they are") { scene in
            let values = [
                "PLAIN": "a", "EMPTY": "", "SPACES": "  a  b ", "QUOTES": "'\"`\\", "SHELL": "$HOME $(id) ${X} ; & | > < * ? ~ !",
                "LINES": "one\ntwo\n\nthree", "COMMAS": "a=b,c=d,ALL", "UNICODE": "größe 東京 🦆", "LONG": String(repeating: "x", count: 4000),
                "PERCENT": "%j %A %% {} #", "JSON": #"{"a": ["b", "c\n"]}"#,
            ]
            let names = values.keys.sorted()
            let script = names.map { "printf '%s' \"$\($0)\" > \(scene.quoted(scene.path("variable-\($0)")))\n" }.joined()
            let ids = try await scene.submit(scene.group(variables: values, script: script))
            let endings = try await scene.endings(of: ids)
            try require(endings[0].cause == .completed, "it ended as \(endings[0])")
            for name in names {
                let text = try await scene.left("variable-\(name)")
                try require(text == Array((values[name] ?? "").utf8), "\(name) arrives as '\(String(decoding: text, as: UTF8.self))'")
            }
        },
        Row("scripts arrive as they are") { scene in
            let ballast = (0..<80).map { "# line \($0): '\"`$(exit 3)\\ %j {} #SBATCH --nothing\n" }.joined()
            let script = ballast + "text='a '\\''b'\\'' \"c\" $HOME \\ %A'\nprintf '%s' \"$text\" > \(scene.quoted(scene.path("script")))\n"
            let ids = try await scene.submit(scene.group(script: script))
            let endings = try await scene.endings(of: ids)
            try require(endings[0].cause == .completed, "it ended as \(endings[0])")
            let text = String(decoding: try await scene.left("script"), as: UTF8.self)
            try require(text == #"a 'b' "c" $HOME \ %A"#, "the script wrote '\(text)'")
        },
        Row("a job waits, runs and ends") { scene in
            let ids = try await scene.submit(scene.group(script: scene.waiting(for: "go")))
            try await scene.running(ids)
            try scene.make("go")
            let endings = try await scene.endings(of: ids)
            try require(endings[0].cause == .completed, "it ended as \(endings[0])")
        },
        Row("jobs of one that has gone run on, and another one finds them") { scene in
            let ids = try await scene.submit(scene.group(3, of: 2, script: scene.waiting(for: "go") + "exit 5\n"))
            try await scene.running(ids)
            let heir = try await ContractScene(on: scene.bench, run: scene.run)
            let found = try await heir.executor.jobs(of: scene.run).sorted { $0.index < $1.index }
            try require(found.map(\.id) == ids, "it finds \(found) in place of \(ids)")
            try scene.make("go")
            let endings = try await heir.endings(of: ids)
            try require(endings.allSatisfy { $0.cause == .exited(code: 5) }, "they ended as \(endings)")
        },
        Row("a gang starts together, and knows where its first one is") { scene in
            guard scene.bench.gang > 1 else { return }
            let count = scene.bench.gang
            let files = (0..<count).map { scene.quoted(scene.path("gang-\($0)")) }
            let script = """
                printf '%s' "$MF_PARALLEL_MAIN_IP" > \(scene.quoted(scene.path("gang-")))$PENSTOCK_JOB_INDEX
                for file in \(files.joined(separator: " ")); do
                  n=0
                  while [ ! -e "$file" ]; do n=$((n + 1)); [ $n -lt 120 ] || exit 3; sleep 1; done
                done

                """
            let ids = try await scene.submit(scene.group(of: count, isGang: true, script: script))
            let endings = try await scene.endings(of: ids)
            try require(endings.allSatisfy { $0.cause == .completed }, "they ended as \(endings)")
            var addresses: Set<[UInt8]> = []
            for index in 0..<count { addresses.insert(try await scene.left("gang-\(index)")) }
            try require(addresses.count == 1 && addresses.first?.isEmpty == false, "they know the addresses \(addresses)")
        },
    ]

    /// How jobs end.
    static let ending = [
        Row("exit codes are told") { scene in
            let ids = try await scene.submit(scene.group(script: "exit \(NodeExit.noEngine)\n"))
            let cause = try await scene.endings(of: ids)[0].cause
            try require(cause == .exited(code: NodeExit.noEngine), "a job that exits with \(NodeExit.noEngine) is said to end as \(cause)")
        },
        Row("a killed process is told") { scene in
            let ids = try await scene.submit(scene.group(script: "sh -c 'kill -KILL $$'\nexit $?\n"))
            let cause = try await scene.endings(of: ids)[0].cause
            try require([.signalled(9), .exited(code: 137)].contains(cause), "a job that was killed is said to end as \(cause)")
        },
        Row("a script that is none fails") { scene in
            let ids = try await scene.submit(scene.group(script: "if then (\n"))
            let cause = try await scene.endings(of: ids)[0].cause
            guard case .exited(let code) = cause, code != 0 else { throw ContractBreach("it is said to end as \(cause)") }
        },
    ]
}
