import Clusters
import FlowModel

extension ClusterContract {
    /// A key stands for one set of jobs.
    static let identity = [
        Row("the same key gives the same jobs") { scene in
            let group = scene.group(of: 3, script: "sleep 5\n")
            let first = try await scene.submit(group)
            let second = try await scene.submit(group)
            try require(first == second, "the first submission gave \(first), the second \(second)")
            let another = try await scene.bench.executor().submit(group)
            try require(first == another, "the engine after it got \(another) in place of \(first)")
            try await scene.executor.cancel(first)
        },
        Row("the same key gives the same jobs also when they have ended") { scene in
            let group = scene.group(of: 2)
            let first = try await scene.submit(group)
            _ = try await scene.endings(of: first)
            let again = try await scene.bench.executor().submit(group)
            try require(first == again, "\(first) have ended, and submitted again they are \(again)")
        },
        Row("keys that look alike are different") { scene in
            let runs = [scene.run, scene.run + "1", String(scene.run.dropLast())]
            var all: [JobID] = []
            for run in runs {
                for number in [1, 11, 111] { all += try await scene.submit(scene.group(number, run: run, script: "sleep 200\n")) }
            }
            try require(Set(all).count == 9, "nine groups of one job have \(Set(all).count) jobs")
            for run in runs {
                let found = try await scene.executor.jobs(of: run)
                let keys = found.map(\.group.description).sorted()
                try require(keys == ["\(run)/1", "\(run)/11", "\(run)/111"], "run \(run) is said to have \(keys)")
            }
            try await scene.executor.cancel(all)
        },
        Row("names may be hostile") { scene in
            let names: [(FlowName, StepName, String)] = [
                ("Fl", "s", "o'brien \"; touch /tmp/x; $(id) `id` \\ %j %A"),
                ("Étage_東京", "größe_шаг", "名前\twith tab"),
                (FlowName(String(repeating: "L", count: 220)), StepName(String(repeating: "s", count: 220)), String(repeating: "u", count: 220)),
                ("_", "__a", "-n"),
            ]
            for (number, (flow, step, user)) in names.enumerated() {
                let run = "\(flow)/\(scene.run.split(separator: "/").last ?? "")"
                let group = scene.group(number, of: 2, run: run, flow: flow, step: step, user: user)
                let ids = try await scene.submit(group)
                let found = try await scene.bench.executor().submit(group)
                try require(ids == found, "names \(flow), \(step), \(user): submitted again, \(ids) are \(found)")
                _ = try await scene.endings(of: ids)
            }
        },
        Row("a group may be as large as the executor says") { scene in
            let limit = try await scene.executor.groupLimit
            try require((1...1000).contains(limit), "the limit is \(limit), which is not from 1 to 1,000")
            let count = min(limit, scene.bench.many)
            let ids = try await scene.submit(scene.group(of: count))
            let endings = try await scene.endings(of: ids)
            let others = endings.filter { $0.cause != .completed }
            try require(others.isEmpty, "of \(count) jobs \(others.count) did not end well, as \(others.first.map { "\($0)" } ?? "")")
        },
    ]
}
