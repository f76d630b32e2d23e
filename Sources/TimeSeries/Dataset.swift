import Platform

/// Windows to train on, and windows of others to test with: what a data set on a disk holds.
public struct Dataset: Equatable, Sendable {
    /// Where windows come from.
    public struct Source: Equatable, Sendable, CustomStringConvertible {
        /// The name in records and checkpoints, the same wherever the data stands: "UCI HAR".
        public let name: String
        /// The name as people read it, with the place: "UCI HAR (Data/UCI HAR Dataset)".
        public let description: String
        /// What every output has to say of windows that nobody recorded; nil for recordings.
        public let notice: String?

        /// A source of these names.
        public init(name: String, description: String, notice: String? = nil) {
            self.name = name
            self.description = description
            self.notice = notice
        }
    }

    /// The windows to train on.
    public let train: WindowSet
    /// The windows to test with, of groups never trained on.
    public let test: WindowSet
    /// Where the windows come from.
    public let source: Source
    /// SHA-256 of the content, 64 hexadecimal digits: the same for the same windows, wherever they were read. Hashed is what
    /// `WindowSet.hash` says, for train and then test.
    public let hash: String

    /// What the windows hold.
    public var format: WindowFormat { train.format }

    /// Puts two sets of one format together and hashes them.
    /// - Throws: A `WindowError` where the formats differ.
    public init(train: WindowSet, test: WindowSet, source: Source) throws(WindowError) {
        guard train.format == test.format else {
            throw WindowError(
                message: "\(source.name): the windows to test with have another format than those to train on: shape, channels, "
                    + "classes, units and rate must be the same")
        }
        self.init(checked: train, test: test, source: source)
    }

    /// Puts two sets together that are known to have one format, and hashes them.
    package init(checked train: WindowSet, test: WindowSet, source: Source) {
        var hash = SHA256()
        train.add(to: &hash)
        test.add(to: &hash)
        self.init(train: train, test: test, source: source, hash: hash.hex())
    }

    /// Puts together two sets of one format that were hashed before.
    init(train: WindowSet, test: WindowSet, source: Source, hash: String) {
        self.train = train
        self.test = test
        self.source = source
        self.hash = hash
    }
}
