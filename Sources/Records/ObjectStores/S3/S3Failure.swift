import PackageSources

/// An answer of the service that is not what was asked for.
struct S3Failure: Error {
    var status: Int
    /// S3's word for it, such as `NoSuchKey`; `nil` where the answer has none (answers to HEAD have no body).
    var code: String?
    var message: String?
    /// The region of the bucket, where the service says so.
    var region: String?
    /// How long the service wants to be left alone.
    var retryAfter: Duration?
    /// The service's clock, in seconds since 1970.
    var serverTime: Int64?
    /// Where else to ask (status 307).
    var location: String?

    /// - Parameter body: may be anything.
    init(status: Int, body: [UInt8], header: (String) -> String?, retryAfter: Duration? = nil) {
        self.status = status
        self.retryAfter = retryAfter
        let root = XMLElement(parsing: body)
        let error = root?.name == "Error" ? root : root?["Error"]
        code = error?.text("Code").flatMap { $0.isEmpty ? nil : $0 }
        message = error?.text("Message").flatMap { $0.isEmpty ? nil : $0 }
        region = header("x-amz-bucket-region") ?? error?.text("Region")
        serverTime = header("date").flatMap { HTTPDate.seconds($0) }
        location = header("location")
    }

    /// An error that stands inside an answer that says all is well.
    init(_ error: XMLElement) {
        // What the service says of its own troubles passes; anything else stays.
        status = ["InternalError", "SlowDown", "ServiceUnavailable"].contains(error.text("Code")) ? 503 : 400
        if error.text("Code") == "AccessDenied" { status = 403 }
        if error.text("Code") == "PreconditionFailed" { status = 412 }
        code = error.text("Code")
        message = error.text("Message")
    }

    /// Whether the service does not have what the request makes use of.
    var isOfWhatIsLacking: Bool { code == "NotImplemented" || status == 501 }

    /// What to do about it.
    enum Remedy: Equatable {
        /// The same again, after a pause.
        case retry
        /// The same again with other keys, if there are any: those were lent and have been taken back.
        case renewCredentials
        /// The same again, signed for the region of the bucket.
        case region(String)
        /// The same again at another host.
        case redirect(String)
        /// The same again with the service's time.
        case clock
        /// There is no such object.
        case missing
        /// The condition of the put does not hold.
        case conditionFailed
        /// It would fail again.
        case none
    }

    /// - Parameter region: the one that was signed for.
    func remedy(region signed: String) -> Remedy {
        switch code {
        case "ExpiredToken", "TokenRefreshRequired", "ExpiredTokenException", "RequestExpired": return .renewCredentials
        case "RequestTimeTooSkewed": return .clock
        case "PermanentRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "IncorrectEndpoint":
            if let region, region != signed { return .region(region) }
            return .none
        case "InternalError", "SlowDown", "ServiceUnavailable", "RequestTimeout", "Throttling", "ThrottlingException",
            "RequestLimitExceeded", "BandwidthLimitExceeded", "OperationAborted", "ConditionalRequestConflict",
            "XAmzContentSHA256Mismatch", "BadDigest", "IncompleteBody", "BusyTier", "PriorRequestNotComplete":
            return .retry
        case "PreconditionFailed": return .conditionFailed
        case "NoSuchKey", "NoSuchVersion": return .missing
        case "NoSuchBucket", "NoSuchUpload": return .none
        default: return remedyByStatus(signed)
        }
    }

    private func remedyByStatus(_ signed: String) -> Remedy {
        switch status {
        case 301, 400: region.flatMap { $0 == signed ? nil : .region($0) } ?? .none
        case 307: location.map(Remedy.redirect) ?? .none
        case 404: .missing
        case 412: .conditionFailed
        case 408, 425, 429, 500, 502, 503, 504, 509: .retry
        default: .none
        }
    }
}
