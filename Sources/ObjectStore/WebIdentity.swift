/// A role that a token in a file lets this process take: what EKS gives to a service account, and OpenID Connect to others.
///
/// AWS's security token service (or a store's own) changes the token into credentials: AssumeRoleWithWebIdentity.
struct WebIdentity: Sendable {
    private let tokenFile: String
    private let role: String
    private let session: String
    private let endpoint: String
    private let certificates: String?

    private static let place = "AWS_WEB_IDENTITY_TOKEN_FILE"
    /// A token and an answer are never longer, in bytes.
    private static let longest = 1 << 16

    /// - Parameters:
    ///   - profile: Gives the value of a key of the profile.
    ///   - endpoint: The service's URL where one is configured, else Amazon's in the region.
    /// - Returns: nil where neither environment nor profile names a token.
    /// - Throws: An `ObjectStoreError` where there is a token and no role.
    init?(
        _ environment: AWSEnvironment, _ profile: (String) -> String?, endpoint: String?, region: String, certificates: String?
    ) throws(ObjectStoreError) {
        guard let tokenFile = environment.path(WebIdentity.place) ?? profile("web_identity_token_file").map(environment.expanded)
        else {
            return nil
        }
        guard let role = environment["AWS_ROLE_ARN"] ?? profile("role_arn") else {
            throw ObjectStoreError(
                place: "AWS_ROLE_ARN", reason: "is not set, although \(WebIdentity.place) is: set both or neither")
        }
        self.tokenFile = tokenFile
        self.role = role
        session = environment["AWS_ROLE_SESSION_NAME"] ?? profile("role_session_name") ?? "hartrain"
        self.endpoint = endpoint ?? "https://sts.\(region).\(Endpoint.amazonDomain(region: region))"
        self.certificates = certificates
    }

    /// Changes the token into credentials; it is read anew each time, since whoever wrote it replaces it.
    /// - Throws: An `ObjectStoreError` where they do not come.
    func credentials(_ exchange: CredentialExchange) throws(ObjectStoreError) -> Credentials {
        let token = try CredentialExchange.token(in: tokenFile, named: WebIdentity.place, limit: WebIdentity.longest)
        let form = [
            ("Action", "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", role), ("RoleSessionName", session),
            ("WebIdentityToken", token),
        ]
        let body = form.map { "\($0)=\(PercentEncoding.encoded($1, keepsSlashes: false))" }.joined(separator: "&")
        var request = HTTPRequest(method: "POST", url: endpoint, certificates: certificates, contentLimit: WebIdentity.longest)
        request.headers = [("Content-Type", "application/x-www-form-urlencoded")]
        request.body = Array(body.utf8)
        let answer = try exchange.answer(to: request, place: WebIdentity.place, hiding: SecretFilter([token]))
        func element(_ name: String) -> String { XMLText.element(name, of: answer) }
        let (access, secret, session) = (element("AccessKeyId"), element("SecretAccessKey"), element("SessionToken"))
        guard !access.isEmpty, !secret.isEmpty, !session.isEmpty else {
            throw ObjectStoreError(
                place: WebIdentity.place, reason: "\(endpoint) answers without credentials: check AWS_ENDPOINT_URL_STS")
        }
        return try Credentials(accessKey: access, secretKey: secret, sessionToken: session, from: WebIdentity.place)
    }
}
