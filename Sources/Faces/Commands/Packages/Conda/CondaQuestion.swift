import CondaChannels
import CondaPackaging
import CondaSolving
import Lockfiles
import PythonPackaging
import Resolution

/// What is asked of conda, and perhaps of indexes too, for each target.
struct CondaQuestion: Sendable {
    /// A platform, and a Python where one is named or several are wanted.
    struct Target: Sendable {
        var joint: JointTarget
        /// As it was named: `3.12`, `>=3.10`. `nil` where what is asked for decides.
        var python: String?
        /// The target of the lock that is asked about again.
        var locked: LockTarget?
    }

    /// What is asked on all platforms; targets add what is for theirs.
    var request: JointRequest
    var targets: [Target]
    /// What is asked of conda on any platform, for the lock.
    var asked: [AnsweredRequirement]
}

/// What both worlds answer, target by target.
struct CondaAnswers: Sendable {
    var question: CondaQuestion
    var answers: [JointAnswer]
    var context: LockContext

    func lock() throws -> PyLock {
        var lock = try PyLock(answers, answering: question.request, in: context)
        lock.origin?.conda?.ask(question.asked)
        return lock
    }
}

extension CondaQuestion {
    /// What a lock would say that it answers.
    var origin: CondaOrigin {
        var origin = CondaOrigin(request, on: [])
        origin.ask(asked)
        return origin
    }

    /// - Parameters:
    ///   - read: what files and options ask for.
    ///   - channels: in order.
    ///   - platforms: each once, at least one.
    init(
        _ read: ReadRequest, _ order: PackageOrder, channels: [CondaChannel], priority: ChannelSettings.Priority, platforms: [JointTarget]
    ) throws {
        let conda = read.conda
        // An environment always has a Python.
        var always = conda.entries.filter { $0.platforms == nil }.map(\.requirement)
        var more: [CondaRequirement] = []
        if let pythons = read.requiresPython, let requirement = CondaRequirement(pythons: pythons, asker: Asker("requires-python")) {
            more.append(requirement)
        } else if !always.contains(where: \.isPython) {
            more.append(CondaRequirement(try MatchSpec(parsing: "python"), spelled: "python"))
        }
        always += more
        asked = conda.entries.map { AnsweredRequirement($0.requirement, platforms: $0.platforms) } + more.map { AnsweredRequirement($0) }
        request = JointRequest(pypi: read.request, conda: CondaRequest(always, channels: channels))
        request.conda.options.channelPriority = CondaOptions.ChannelPriority(rawValue: priority.rawValue) ?? .strict
        request.preference = conda.preference
        request.names = conda.names
        targets = []
        for platform in platforms {
            let own = conda.entries.filter { $0.platforms?.contains(platform.conda.subdir) ?? false }.map(\.requirement)
            for python in Self.pythons(order, on: platform.platform.description) {
                var target = platform
                target.requirements = own
                if let python {
                    target.requirements.append(try CondaRequirement(pythonNamed: python, spelled: "python \(python)", asker: Asker("you")))
                }
                target.preferences = order.upgrade.condaPreferences(from: order.earlier, on: platform.platform.description, python: python)
                targets.append(Target(joint: target, python: python))
            }
        }
    }

    /// Those that are named; else the series that a lock has which is there already, if it has several; else whatever goes.
    private static func pythons(_ order: PackageOrder, on platform: String) -> [String?] {
        guard order.pythons.isEmpty else { return order.pythons }
        let locked = (order.earlier?.origin?.targets ?? []).filter { $0.platform == platform }
        let series = Set(locked.map { $0.python.split(separator: ".").prefix(2).joined(separator: ".") }).sorted()
        return series.count > 1 ? series : [nil]
    }
}

extension CondaOrigin {
    /// Takes over what is asked on any platform.
    fileprivate mutating func ask(_ asked: [AnsweredRequirement]) { requirements = CondaOrigin(requirements: asked).requirements }
}

extension CondaRequirement {
    fileprivate var isPython: Bool { spec.name.exactName?.description == "python" }
}
