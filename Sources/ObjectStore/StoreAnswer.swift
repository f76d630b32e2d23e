import StrictJSON

/// What S3 says in an answer that is not a success: its code, and what that means for the user.
struct StoreAnswer {
    /// S3's name of the error, or empty.
    let code: String
    private let response: HTTPResponse
    private let message: String
    private let region: String

    /// - Parameter secrets: What came with the request, and a server may repeat.
    init(_ response: HTTPResponse, hiding secrets: [String]) {
        self.response = response
        // Before anything is cut short: a part of a secret would not be found.
        let text = secrets.reduce(String(decoding: response.body.prefix(1 << 16), as: UTF8.self)) { text, secret in
            text.replacing(secret, with: "***")
        }
        code = StoreAnswer.element("Code", of: text)
        message = StoreAnswer.element("Message", of: text)
        region = response.header("x-amz-bucket-region") ?? StoreAnswer.element("Region", of: text)
    }

    /// Whether the same request may work another time.
    var isPassing: Bool {
        response.status >= 500 || response.status == 429 || response.status == 408 || code == "RequestTimeout"
            || code == "SlowDown"
    }

    /// What is wrong, and what to do, without anything that is secret.
    func reason(writing: Bool, configuration: StoreConfiguration, now: Int) -> String {
        let names = configuration.names
        let name = code.isEmpty ? "HTTP \(response.status)" : code
        switch code {
        case "InvalidAccessKeyId":
            return "the store does not know the access key (\(name)): check AWS_ACCESS_KEY_ID or the profile"
        case "SignatureDoesNotMatch":
            return "the secret key does not fit the access key (\(name)): check AWS_SECRET_ACCESS_KEY or the profile"
        case "ExpiredToken", "InvalidToken", "TokenRefreshRequired":
            return "the session token is not valid any more (\(name)): get new credentials"
        case "RequestTimeTooSkewed", "RequestExpired":
            return "this machine's clock differs too much from the store's\(skew(now: now)) (\(name)): set it, "
                + "as with timedatectl set-ntp true"
        case "NoSuchBucket":
            return "there is no such bucket (\(name)): make it first, or check the name and \(names.endpoint)"
        case "PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException":
            let place = region.isEmpty ? "in another region" : "in \(JSON.excerpt(of: region))"
            return
                "the bucket is \(place), the request is for \(configuration.region) (\(name)): set \(Set(["AWS_REGION", names.region]).sorted(by: >).joined(separator: " or "))"
        default: break
        }
        switch response.status {
        case 401, 403:
            let keys = configuration.credentials == nil ? "a request without a signature" : "these credentials"
            return "access is denied (\(name)): \(keys) may not \(writing ? "write" : "read") here"
        case 404: return "there is no such object (\(name))"
        case 300..<400: return "the store redirects elsewhere (\(name)): check \(names.endpoint) and \(names.region)"
        default:
            let detail = message.isEmpty ? "" : ": \(JSON.excerpt(of: message, limit: 160))"
            return "the store answers \(response.status)\(code.isEmpty ? "" : " \(name)")\(detail)"
        }
    }

    /// How far the clocks are apart, by the answer's date.
    private func skew(now: Int) -> String {
        guard let date = response.header("date"), let server = CurlTransport.seconds(date) else { return "" }
        let difference = now - server
        return difference == 0 ? "" : " by \(abs(difference)) s (it is \(difference > 0 ? "ahead" : "behind"))"
    }

    /// The text of the first element of a name in S3's error documents, which are flat.
    ///
    /// No XML reader: two texts of an answer that may not even be XML.
    private static func element(_ name: String, of text: String) -> String {
        let parts = text.split(separator: "<\(name)>", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return "" }
        let value = parts[1].prefix { $0 != "<" }
        return JSON.excerpt(of: String(value), limit: 200)
    }
}
