import Platform
import StrictJSON

/// The credentials that Amazon ECS and EKS (pod identity) hold for a container, behind a URL on its own network.
struct ContainerCredentials: Sendable {
    private let url: String
    /// The variable that names the URL.
    private let place: String
    private let token: String?
    private let tokenFile: String?

    /// The host that a relative URI is of.
    private static let host = "169.254.170.2"
    /// The hosts that may be asked without TLS, besides loopback addresses: those of ECS and EKS.
    private static let knownHosts = [host, "169.254.170.23", "[fd00:ec2::23]", "localhost", "[::1]"]
    /// An answer and a token are never longer, in bytes.
    private static let longest = 1 << 16

    /// - Returns: nil where the environment names none.
    /// - Throws: An `ObjectStoreError` for a URL that credentials may not come from.
    init?(_ environment: AWSEnvironment) throws(ObjectStoreError) {
        let (relative, full) = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI")
        if let path = environment[relative] {
            url = "http://\(ContainerCredentials.host)\(path)"
            place = relative
        } else if let whole = environment[full] {
            url = whole
            place = full
        } else {
            return nil
        }
        tokenFile = environment.path("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
        token = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"]
        guard ContainerCredentials.isTrusted(url) else {
            throw ObjectStoreError(
                place: place,
                reason: "must be an https:// URL, or an http:// one of a loopback address, 169.254.170.2 or 169.254.170.23")
        }
    }

    /// Whether credentials may come from a URL: over TLS, or from this machine's own network.
    private static func isTrusted(_ url: String) -> Bool {
        guard JSON.isVisible(url), !url.unicodeScalars.contains(where: { $0 == "@" || $0 == " " || $0 == "\\" }) else {
            return false
        }
        if url.utf8.starts(with: "https://".utf8) { return true }
        guard url.utf8.starts(with: "http://".utf8) else { return false }
        let authority = url.utf8.dropFirst(7).prefix { !"/?#".utf8.contains($0) }
        let isBracketed = authority.first == UInt8(ascii: "[")
        let end =
            isBracketed
            ? authority.firstIndex(of: UInt8(ascii: "]")).map(authority.index(after:))
            : authority.firstIndex(of: UInt8(ascii: ":"))
        let host = String(Substring(authority[..<(end ?? authority.endIndex)]))
        let numbers = host.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map {
            UInt8(String(Substring($0)))
        }
        let isLoopback = numbers.count == 4 && numbers[0] == 127 && !numbers.contains(nil)
        return isLoopback || knownHosts.contains(host)
    }

    /// Asks for them.
    /// - Throws: An `ObjectStoreError` where they do not come.
    func credentials(_ exchange: CredentialExchange) throws(ObjectStoreError) -> Credentials {
        var request = HTTPRequest(method: "GET", url: url, contentLimit: ContainerCredentials.longest)
        request.headers = [("Accept", "application/json")]
        request.bypassesProxies = true
        var secrets: [String] = []
        if let authorization = try authorization() {
            request.headers.append(("Authorization", authorization))
            secrets = [authorization]
        }
        let body = try exchange.answer(to: request, place: place, hiding: SecretFilter(secrets))
        guard let json = try? JSON.parse(body), let access = json["AccessKeyId"]?.asString,
            let secret = json["SecretAccessKey"]?.asString
        else { throw ObjectStoreError(place: place, reason: "leads to an answer without AccessKeyId and SecretAccessKey") }
        return try Credentials(accessKey: access, secretKey: secret, sessionToken: json["Token"]?.asString, from: place)
    }

    private func authorization() throws(ObjectStoreError) -> String? {
        guard let tokenFile else { return token }
        return try CredentialExchange.token(
            in: tokenFile, named: "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", limit: ContainerCredentials.longest)
    }
}
