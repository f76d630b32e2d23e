import Platform

/// Gives the keys that sign requests; those that have to be asked for are asked for when the first request needs them.
final class CredentialProvider: Sendable {
    private let source: CredentialSource
    private let held = Locked<(credentials: Credentials, watch: Stopwatch)?>(nil)

    /// Keys that were asked for serve for so long, in seconds. Those of a container may be near their end; to ask again after a minute
    /// costs less than to read when.
    private static let holdSeconds = 60.0

    init(_ source: CredentialSource) {
        self.source = source
    }

    /// What no text may show, of the keys that are known.
    var secrets: [String] { held.withLock { $0?.credentials.secrets ?? [] } }

    /// The keys of the moment.
    /// - Throws: An `ObjectStoreError` where they cannot be had.
    func credentials(_ exchange: CredentialExchange) throws(ObjectStoreError) -> Credentials {
        let kept = held.withLock { $0 }
        if let kept, kept.watch.seconds < CredentialProvider.holdSeconds { return kept.credentials }
        let fresh =
            switch source {
            case .keys(let credentials): credentials
            case .process(let process): try process.credentials()
            case .container(let container): try container.credentials(exchange)
            case .webIdentity(let identity): try identity.credentials(exchange)
            }
        held.withLock { $0 = (fresh, Stopwatch()) }
        return fresh
    }
}
