import Clusters
import FlowModel

extension ClusterContract {
    /// What is asked of jobs.
    static let asking = [
        Row("nothing is asked of no jobs") { scene in
            let states = try await scene.executor.poll([])
            try require(states.isEmpty, "a poll of no jobs says \(states)")
            try await scene.executor.cancel([])
        },
        Row("a job that nobody knows is unknown") { scene in
            let stranger = scene.bench.unknownJob
            let state = try await scene.state(of: stranger)
            try require(state == .unknown, "job \(stranger) never was, and is said to be \(state)")
            let ids = try await scene.submit(scene.group(script: "sleep 5\n"))
            let states = try await scene.executor.poll([stranger] + ids)
            try require(states[stranger] == .unknown, "beside another one job \(stranger) is \(states)")
            let own = states[ids[0]]
            try require(own != nil && own != .unknown, "job \(ids[0]) was just submitted, and is \(own.map { "\($0)" } ?? "not answered for")")
            try await scene.executor.cancel(ids)
        },
        Row("states are of one job each, by its id") { scene in
            let ids = try await scene.submit(scene.group(of: 4, script: "sleep 2\n"))
            let states = try await scene.executor.poll(ids.reversed())
            try require(Set(states.keys) == Set(ids), "asked for \(ids), and answered for \(states.keys)")
            let endings = try await scene.endings(of: ids)
            try require(endings.allSatisfy { $0.cause == .completed }, "they ended as \(endings)")
            let later = try await scene.executor.poll(ids)
            try require(later.values.allSatisfy { $0.isOver || $0 == .unknown }, "jobs that had ended are \(later)")
        },
        Row("what is queued or running is found by its run") { scene in
            let first = try await scene.submit(scene.group(0, of: 3, script: "sleep 60\n"))
            let second = try await scene.submit(scene.group(7, of: 2, script: "sleep 60\n"))
            let found = try await scene.bench.executor().jobs(of: scene.run)
            let all = Dictionary(grouping: found, by: \.group.number).mapValues { jobs in
                jobs.sorted { $0.index < $1.index }
            }
            try require(all[0]?.map(\.id) == first, "group 0 is \(first), and is found as \(all[0] ?? [])")
            try require(all[7]?.map(\.id) == second, "group 7 is \(second), and is found as \(all[7] ?? [])")
            try require(all[0]?.map(\.index) == [0, 1, 2], "the places of the jobs are not told: \(all[0] ?? [])")
            try require(found.allSatisfy { $0.group.run == scene.run }, "others are found: \(found)")
            try require(found.allSatisfy { !$0.state.isOver && $0.state != .unknown }, "jobs that wait or run are \(found.map(\.state))")
            try await scene.executor.cancel(first + second)
            _ = try await scene.gone(first + second)
            let later = try await scene.executor.jobs(of: scene.run).filter { !$0.state.isOver }
            try require(later.isEmpty, "jobs that were cancelled are still found: \(later)")
        },
        Row("a run without jobs has none") { scene in
            let found = try await scene.executor.jobs(of: scene.run)
            try require(found.isEmpty, "nothing was submitted, and \(found) is found")
        },
        Row("a job is described, and its variables are not") { scene in
            let secret = "secret-\(scene.run.hashValue)"
            let ids = try await scene.submit(scene.group(of: 2, variables: ["TOKEN": secret], script: "sleep 60\n"))
            let lines = try await scene.executor.describe(ids[1])
            try require(!lines.isEmpty, "nothing is told of job \(ids[1])")
            try require(lines.allSatisfy { !$0.contains("\n") }, "a fact has several lines: \(lines)")
            try require(lines.allSatisfy { !$0.contains(secret) }, "a value is told: \(lines)")
            try await scene.executor.cancel(ids)
        },
        Row("a request that the cluster refuses is an error, and leaves nothing") { scene in
            guard let refused = scene.bench.refused else { return }
            do {
                _ = try await scene.executor.submit(scene.group(of: 2, asking: refused))
            } catch let error as ClusterError {
                try require(!error.isTransient, "the refusal is said to pass by itself: \(error)")
                try require(error.executor == scene.executor.name, "the error is said to be of \(error.executor)")
                let found = try await scene.executor.jobs(of: scene.run)
                return try require(found.isEmpty, "refused, and yet there: \(found)")
            }
            throw ContractBreach("the request was taken: \(refused)")
        },
        Row("many may ask at a time") { scene in
            let ids = try await scene.submit(scene.group(of: 5, script: "sleep 3\n"))
            let answers = try await withThrowingTaskGroup(of: [JobID: JobState].self) { tasks in
                for _ in 0..<8 { tasks.addTask { try await scene.executor.poll(ids) } }
                return try await tasks.reduce(into: []) { $0.append($1) }
            }
            try require(answers.allSatisfy { Set($0.keys) == Set(ids) }, "some were not answered for: \(answers)")
            try await scene.executor.cancel(ids)
        },
    ]

    /// Jobs that nobody needs any more.
    static let cancelling = [
        Row("jobs are cancelled, twice if need be") { scene in
            let ids = try await scene.submit(scene.group(of: 4, script: "sleep 600\n"))
            try await scene.executor.cancel(Array(ids.prefix(2)))
            let states = try await scene.gone(Array(ids.prefix(2)))
            try require(
                states.allSatisfy { if case .ended(let ending) = $0 { ending.cause != .completed } else { true } },
                "cancelled jobs are said to have ended well: \(states)")
            let others = try await scene.executor.poll(Array(ids.suffix(2)))
            try require(
                others.values.allSatisfy { !$0.isOver && $0 != .unknown }, "two of four were cancelled, and the others are \(others)")
            try await scene.executor.cancel(ids)
            try await scene.executor.cancel(ids)
            _ = try await scene.gone(ids)
        },
        Row("jobs are cancelled as soon as they are submitted") { scene in
            let ids = try await scene.submit(scene.group(of: 20, script: "sleep 600\n"))
            try await scene.executor.cancel(ids)
            let states = try await scene.gone(ids)
            try require(
                states.allSatisfy { if case .ended(let ending) = $0 { ending.cause != .completed } else { true } },
                "cancelled jobs are said to have ended well: \(states)")
        },
        Row("jobs that have ended or are not known cannot be cancelled, and that is no matter") { scene in
            let ids = try await scene.submit(scene.group())
            let endings = try await scene.endings(of: ids)
            try await scene.executor.cancel(ids + [scene.bench.unknownJob])
            let state = try await scene.state(of: ids[0])
            try require(
                state == .unknown || state == .ended(endings[0]), "it had ended as \(endings[0]), was cancelled, and is \(state)")
        },
    ]
}
