import Platform

/// A data set to train on and to test with: windows of volunteers, and windows of other volunteers.
public struct HARData: Equatable, Sendable {
    /// Where the windows come from.
    public enum Source: Equatable, Sendable, CustomStringConvertible {
        /// Files in UCI HAR's layout; the folder that holds `train` and `test`.
        case uciHAR(folder: String)
        /// The generator `SyntheticHAR`; no measurement of anybody.
        case synthetic(seed: UInt64)

        /// The source as people read it.
        public var description: String {
            switch self {
            case .uciHAR(let folder): "UCI HAR (\(folder))"
            case .synthetic(let seed): "synthetic (seed \(seed))"
            }
        }
    }

    /// The windows to train on; UCI HAR: 7352 of 21 volunteers.
    public let train: Recordings
    /// The windows of volunteers never trained on; UCI HAR: 2947 of 9 volunteers.
    public let test: Recordings
    /// Where the windows come from.
    public let source: Source
    /// SHA-256 of the content, 64 hexadecimal digits: the same for the same windows, wherever they were read.
    ///
    /// Hashed are, for train and then test: the number of windows (UInt64), the windows (Float32), labels and subjects
    /// (a byte each), all little-endian.
    public let hash: String

    /// True if the windows are generated, which every output has to say.
    public var isSynthetic: Bool {
        if case .synthetic = source { true } else { false }
    }

    /// Puts two splits together and hashes them.
    public init(train: Recordings, test: Recordings, source: Source) {
        var hash = SHA256()
        for split in [train, test] {
            unsafe withUnsafeBytes(of: UInt64(split.count)) { unsafe hash.update(Span(_bytes: $0.bytes)) }
            unsafe hash.update(Span(_bytes: split.windows.span.bytes))
            hash.update(split.labels)
            hash.update(split.subjects)
        }
        self.init(train: train, test: test, source: source, hash: hash.hex())
    }

    /// Puts together what was hashed before.
    init(train: Recordings, test: Recordings, source: Source, hash: String) {
        self.train = train
        self.test = test
        self.source = source
        self.hash = hash
    }
}
