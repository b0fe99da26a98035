import Clusters
import FlowModel
import ObjectStores
import PackageSources

/// Asks AWS Batch: signs, sends, and asks again where that may help.
struct BatchClient: Sendable {
    let service: AWSService
    let options: HTTPOptions

    /// The answer, an object.
    func ask(_ call: BatchCall) async throws(BatchFault) -> JSONValue {
        var course = BatchCourse(call, origin: service.origin, options: options)
        let body = Array(call.body.json.utf8)
        var credentials = try await credentials()
        while true {
            let interruption: BatchCourse.Interruption
            do throws(AWSService.Fault) {
                let answer = try await service.post(call.path, json: body, as: credentials)
                if answer.status == 200 {
                    // TerminateJob has nothing to say.
                    if answer.body.isEmpty { return .object([:]) }
                    if let value = JSONValue(parsing: answer.body), case .object = value { return value }
                    interruption = .garbled
                } else {
                    interruption = .refusal(BatchRefusal(answer))
                }
            } catch {
                guard case .passing(let words) = error else { throw fault(error) }
                interruption = .silence(words)
            }
            switch course.next(after: interruption) {
            case .again(let pause):
                do { try await options.sleep(pause) } catch { throw fault(.cancelled) }
                credentials = try await self.credentials()
            case .renewCredentials: credentials = try await self.credentials(after: credentials)
            case .clock(let time): _ = service.adopt(serverTime: time)
            case .fail(let fault): throw fault
            }
        }
    }

    /// As `ask`, for what can be asked again.
    func answer(_ call: BatchCall) async throws(ClusterError) -> JSONValue {
        do throws(BatchFault) { return try await ask(call) } catch { throw error.error }
    }

    /// The members of all pages.
    ///
    /// - Parameters:
    ///   - member: the list in each page.
    ///   - call: makes the question for the page after a token.
    func pages(_ member: String, _ call: (String?) -> BatchCall) async throws(ClusterError) -> [JSONValue] {
        var items: [JSONValue] = []
        var token: String?
        // A service that goes round in circles does not hold anybody for ever.
        for _ in 0..<10_000 {
            let page = try await answer(call(token))
            items += page[member]?.items ?? []
            guard let next = page["nextToken"]?.text, next != token else { break }
            token = next
        }
        return items
    }

    private func credentials(after refused: AWSCredentials? = nil) async throws(BatchFault) -> AWSCredentials {
        do throws(AWSService.Fault) {
            return try await service.credentials(after: refused)
        } catch {
            throw fault(error)
        }
    }

    private func fault(_ fault: AWSService.Fault) -> BatchFault {
        .failed(error(fault), refusal: nil)
    }

    private func error(_ fault: AWSService.Fault) -> ClusterError {
        switch fault {
        case .cancelled: BatchExecutor.error(.unreachable, "a request to AWS Batch was cancelled")
        case .passing(let words), .lasting(let words):
            BatchExecutor.error(.notSetUp, "AWS Batch at \(service.origin) cannot be asked: \(words)")
        case .credentials(let error):
            switch error {
            case .expired:
                BatchExecutor.error(.forbidden, "the credentials for AWS Batch have expired: \(error.words)")
            case .source:
                BatchExecutor.error(.unreachable, "there are no credentials for AWS Batch now: \(error.words)")
            case .none, .noProfile, .file, .settings, .cancelled:
                BatchExecutor.error(.notSetUp, "there are no usable credentials for AWS Batch: \(error.words)")
            }
        }
    }
}
