import CondaPackaging

extension CondaChannel {
    /// The URL to ask at for something of the channel: with the credentials that the channel's own was written with.
    ///
    /// - Parameter path: Below the channel, without a slash in front.
    func requestURL(_ path: some StringProtocol) -> String { Self.adding(credentials, to: "\(baseURL)/\(path)") }

    /// The URL with credentials where they belong.
    static func adding(_ credentials: ChannelCredentials?, to url: String) -> String {
        guard let credentials, let mark = url.firstRange(of: "://") else { return url }
        let rest = url[mark.upperBound...]
        switch credentials {
        case .basic(let user, let password):
            return "\(url[..<mark.upperBound])\(user):\(password)@\(rest)"
        case .token(let token):
            let slash = rest.firstIndex(of: "/") ?? rest.endIndex
            return "\(url[..<mark.upperBound])\(rest[..<slash])/t/\(token)\(rest[slash...])"
        }
    }

    /// What follows the channel's URL in one of something in it; `nil` for what is elsewhere.
    func path(in url: String) -> Substring? {
        url.hasPrefix(baseURL + "/") ? url.dropFirst(baseURL.count + 1) : nil
    }
}
