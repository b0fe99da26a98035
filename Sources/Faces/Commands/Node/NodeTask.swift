import Datastore
import Glibc
import Nodes
import ObjectStores
import Remotes
import SystemPackage

/// One job: from its order to its report, and to those of further attempts where the jobs of the group share them.
struct NodeTask: Sendable {
    let datastore: RemoteAddress
    let orders: ObjectKey
    let index: Int
    /// The process environment with the settings of the node.
    let environment: [String: String]

    /// What a job finds when it starts.
    private struct Start: Sendable {
        var book: OrderReader
        /// Its own attempt; nothing where that was done before the cluster started the job anew.
        var own: NodeJob?
    }

    /// - Returns: the exit code.
    func perform() throws(NodeFault) -> Int32 {
        let began = ContinuousClock.now
        let cache = try NodeCache(environment: environment)
        let remote: RemoteStore
        do throws(ObjectStoreError) {
            remote = try RemoteStore(opening: datastore, environment: environment)
        } catch {
            throw .datastore(error)
        }
        let orders = try NodeOrders(self.orders, in: remote, job: index)
        guard let start = try result({ try await Self.start(orders) }) else { return 0 }
        let place = try NodeWorkplace(cache, environment: environment)
        defer { place.close() }
        let sharedFor = start.book.group.sharedFor.map { Duration.seconds($0) }
        if let own = start.own {
            let finished = place.run(own)
            let goesOn = sharedFor != nil && finished.isDone
            if let code = try publish(finished, of: own, place, isLast: !goesOn) { return code }
            waitForOthers(own)
            if !goesOn { return 0 }
        }
        guard let sharedFor else { return 0 }
        return try goOn(with: orders, start, place, until: began + sharedFor)
    }

    /// - Returns: `nil` when there is nothing to do: another job has the attempt, or did it.
    private static func start(_ orders: NodeOrders) async throws -> Start? {
        if try await orders.isReported() {
            guard try await orders.share.owner(of: orders.share.job) == orders.share.job else { return nil }
            return Start(book: try await orders.read())
        }
        let book = try await orders.read()
        if book.group.sharedFor != nil {
            guard try await orders.share.claim(orders.share.job) else { return nil }
        }
        return Start(book: book, own: try await orders.job(orders.share.job, of: book))
    }

    /// Does attempts whose jobs have not begun, as long as the time allows and all goes well.
    ///
    /// - Returns: the exit code.
    private func goOn(
        with orders: NodeOrders, _ start: Start, _ place: NodeWorkplace, until end: ContinuousClock.Instant
    ) throws(NodeFault) -> Int32 {
        let (share, book, isAnew) = (orders.share, start.book, start.own == nil)
        let rest = try result { try await share.rest(of: book.count, isAnew: isAnew) }
        for index in rest where ContinuousClock.now < end {
            guard !place.isInterrupted else { break }
            guard try result({ try await share.claim(index) }) else { continue }
            let job = try result { try await orders.job(index, of: book) }
            let finished = place.run(job)
            if let code = try publish(finished, of: job, place, isLast: !finished.isDone) { return code }
            if !finished.isDone { break }
        }
        return 0
    }

    /// - Returns: the exit code of a job that was interrupted, and has nothing to publish.
    private func publish(
        _ finished: NodeWorkplace.Finished, of job: NodeJob, _ place: NodeWorkplace, isLast: Bool
    ) throws(NodeFault) -> Int32? {
        if isLast { place.endProcesses() }
        switch finished.outcome {
        case .interrupted(let number): return 128 + number
        case .ended(let report, let payload):
            try result { try await job.publish(report, payload: payload) }
            return nil
        }
    }

    /// Where the end of the first job of a parallel step would end the others, it waits for their reports.
    private func waitForOthers(_ job: NodeJob) {
        guard index == 0, let size = environment["PENSTOCK_GANG_SIZE"].flatMap({ Int($0) }), size > 1 else { return }
        for number in [SIGINT, SIGTERM, SIGHUP] { signal(number) { _ in _exit(0) } }
        try? waiting { try await job.wait(forReportsOf: 1..<size) }
    }

    private func result<Value: Sendable>(_ work: @escaping @Sendable () async throws -> Value) throws(NodeFault) -> Value {
        do {
            return try blocking(on: work)
        } catch let fault as NodeFault {
            throw fault
        } catch let error as ObjectStoreError {
            throw .datastore(error)
        } catch {
            throw .orders(error as? OrderFault ?? .damaged)
        }
    }
}
