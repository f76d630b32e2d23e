/// What a program's users call the settings that errors tell them to change: its options, or the variables that it reads.
public struct SettingNames: Equatable, Sendable {
    /// Names the store's URL.
    public var endpoint: String
    /// Names the region.
    public var region: String
    /// Makes requests go without a signature.
    public var anonymous: String
    /// Limits the time that an object may take.
    public var seconds: String
    /// Makes the cache the only place that is asked.
    public var offline: String
    /// Makes the cache the place that is asked when the store gives nothing.
    public var fallback: String

    /// By default the variables of the AWS tools and the properties of `StoreConfiguration.Options`.
    public init(
        endpoint: String = "AWS_ENDPOINT_URL", region: String = "AWS_REGION", anonymous: String = "isAnonymous",
        seconds: String = "seconds", offline: String = "isOffline", fallback: String = "fallback = .cache"
    ) {
        self.endpoint = endpoint
        self.region = region
        self.anonymous = anonymous
        self.seconds = seconds
        self.offline = offline
        self.fallback = fallback
    }
}
