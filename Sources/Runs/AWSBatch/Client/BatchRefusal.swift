import FlowModel
import ObjectStores

/// An answer that is not what was asked for.
struct BatchRefusal: Sendable {
    var status: Int
    /// AWS's word for it, as `ClientException`; `nil` where the answer has none.
    var code: String?
    var message: String?
    /// How long the service wants to be left alone.
    var retryAfter: Duration?
    /// The service's clock, in seconds since 1970.
    var serverTime: Int64?

    /// - Parameter answer: may hold anything.
    init(_ answer: AWSService.Answer) {
        status = answer.status
        retryAfter = answer.retryAfter
        serverTime = answer.serverTime
        let body = JSONValue(parsing: answer.body)
        code = (answer.errorType ?? body?["__type"]?.text ?? body?["code"]?.text).flatMap(Self.code)
        message = (body?["message"] ?? body?["Message"])?.text.map { String($0.prefix(2000)) }
    }

    /// `com.amazonaws.batch#ClientException`, `ClientException:http://…`
    private static func code(_ text: String) -> String? {
        let name = text.split(separator: ":", omittingEmptySubsequences: false).first.map(String.init) ?? text
        return name.split(separator: "#").last.map { String($0.prefix(100)) }
    }

    enum Kind: Equatable {
        /// Too much at once: it was not carried out.
        case throttled
        /// The service is in trouble: whether it was carried out is not known.
        case trouble
        case expired
        case skewedClock
        case unknownCredentials
        case forbidden
        case refused
    }

    var kind: Kind {
        switch code {
        case "TooManyRequestsException", "ThrottlingException", "Throttling", "RequestLimitExceeded",
            "RequestThrottled", "RequestThrottledException":
            return .throttled
        case "ServerException", "InternalFailure", "InternalServerException", "ServiceUnavailable", "ServiceUnavailableException":
            return .trouble
        case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired": return .expired
        case "RequestTimeTooSkewed", "RequestExpired": return .skewedClock
        case "InvalidSignatureException", "SignatureDoesNotMatch":
            let speaksOfTime = ["Signature expired", "Signature not yet current"].contains { message?.contains($0) == true }
            return speaksOfTime ? .skewedClock : .unknownCredentials
        case "UnrecognizedClientException", "InvalidClientTokenId", "IncompleteSignature", "IncompleteSignatureException",
            "MissingAuthenticationToken", "MissingAuthenticationTokenException", "InvalidAccessKeyId":
            return .unknownCredentials
        case "AccessDenied", "AccessDeniedException", "NotAuthorized", "OptInRequired": return .forbidden
        // Batch also says so in a code of its own.
        case "ClientException" where message?.contains("not authorized to perform") == true: return .forbidden
        case "ClientException": return .refused
        default: return kindByStatus
        }
    }

    private var kindByStatus: Kind {
        switch status {
        case 429: .throttled
        case 408, 500...599: .trouble
        case 401, 403: .forbidden
        default: .refused
        }
    }

    /// For details of errors.
    var words: String {
        let said = [code, message].compactMap { $0 }.joined(separator: ": ")
        return said.isEmpty ? "status \(status)" : said
    }
}
