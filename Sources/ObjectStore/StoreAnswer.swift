import StrictJSON

/// What S3 says in an answer that is not a success: its code, and what that means for the user.
struct StoreAnswer {
    /// S3's name of the error, or empty.
    let code: String
    private let response: HTTPResponse
    private let message: String
    /// The bucket's region; empty where the answer names none that is one.
    private let region: String

    /// A clock that is off by this much can be why a signed request is refused, in seconds: AWS's services take five to fifteen minutes.
    private static let allowedSkew = 300

    /// - Parameter filter: Hides what came with the request, and a server may repeat.
    init(_ response: HTTPResponse, hiding filter: SecretFilter) {
        self.response = response
        code = filter.shown(XMLText.element("Code", of: response.body))
        message = filter.shown(XMLText.element("Message", of: response.body))
        let region = response.header("x-amz-bucket-region") ?? XMLText.element("Region", of: response.body)
        self.region = StoreConfiguration.isRegion(region) && filter.hiding(region) == region ? region : ""
    }

    /// Whether the same request may work another time.
    var isPassing: Bool { HTTPResponse.isPassing(response.status) || code == "RequestTimeout" || code == "SlowDown" }

    /// What is wrong, and what to do, without anything that is secret.
    /// - Parameter now: This machine's time, in seconds since 1970.
    func reason(writing: Bool, configuration: StoreConfiguration, now: Int) -> String {
        let names = configuration.names
        let name = code.isEmpty ? "HTTP \(response.status)" : code
        let skew = skew(now: now)
        switch code {
        case "RequestTimeTooSkewed", "RequestExpired":
            return "this machine's clock differs too much from the store's\(skew.map(StoreAnswer.text) ?? "") (\(name)): set it, "
                + "as with timedatectl set-ntp true"
        case "NoSuchBucket":
            return "there is no such bucket (\(name)): make it first, or check the name and \(names.endpoint)"
        case "PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException":
            let place = region.isEmpty ? "in another region" : "in \(region)"
            return
                "the bucket is \(place), the request is for \(configuration.region) (\(name)): set \(Set(["AWS_REGION", names.region]).sorted(by: >).joined(separator: " or "))"
        default: break
        }
        var clock = ""
        if configuration.credentials != nil, [400, 401, 403].contains(response.status), let skew,
            abs(skew) >= StoreAnswer.allowedSkew
        {
            clock =
                "; this machine's clock differs from the store's\(StoreAnswer.text(skew: skew)), which alone makes stores refuse: set "
                + "it first, as with timedatectl set-ntp true"
        }
        return refusal(writing: writing, configuration: configuration, name: name) + clock
    }

    private func refusal(writing: Bool, configuration: StoreConfiguration, name: String) -> String {
        let names = configuration.names
        switch code {
        case "InvalidAccessKeyId":
            return "the store does not know the access key (\(name)): check AWS_ACCESS_KEY_ID or the profile"
        case "SignatureDoesNotMatch":
            return "the secret key does not fit the access key (\(name)): check AWS_SECRET_ACCESS_KEY or the profile"
        case "ExpiredToken", "InvalidToken", "TokenRefreshRequired":
            return "the session token is not valid any more (\(name)): get new credentials"
        default: break
        }
        switch response.status {
        case 401, 403:
            let keys = configuration.credentials == nil ? "a request without a signature" : "these credentials"
            return "access is denied (\(name)): \(keys) may not \(writing ? "write" : "read") here"
        case 404: return "there is no such object (\(name))"
        case 300..<400: return "the store redirects elsewhere (\(name)): check \(names.endpoint) and \(names.region)"
        case 200..<300:
            return
                "the answer is none of S3's (\(name)\(writing ? " without an ETag, or with content" : "")): check \(names.endpoint)"
        default:
            return
                "the store answers \(response.status)\(code.isEmpty ? "" : " \(name)")\(message.isEmpty ? "" : ": \(message)")"
        }
    }

    /// How far this machine's clock is ahead of the answer's date, in seconds, or nil where the answer has none.
    private func skew(now: Int) -> Int? {
        response.header("date").flatMap(CurlTransport.seconds).map { now - $0 }
    }

    private static func text(skew: Int) -> String {
        skew == 0 ? "" : " by \(abs(skew)) s (it is \(skew > 0 ? "ahead" : "behind"))"
    }
}
