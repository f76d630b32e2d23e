import ArgumentParser
import HAR

/// The names that data has on the command line and in run records, besides folders: "synthetic" and "synthetic:SEED".
enum DataSource {
    private static let synthetic = "synthetic"
    private static let defaultSeed: UInt64 = 1

    /// The seed of generated windows, or nil where the name is not theirs.
    /// - Throws: A `ValidationError` where the seed is not a number.
    static func syntheticSeed(_ name: String) throws -> UInt64? {
        let parts = name.split(separator: ":", maxSplits: 1)
        guard parts.first == synthetic[...] else { return nil }
        guard parts.count == 2 else { return defaultSeed }
        guard let seed = UInt64(parts[1]) else {
            throw ValidationError("--data synthetic:SEED needs a whole number as seed, not '\(parts[1])'")
        }
        return seed
    }

    /// Where windows come from, without the folder: "UCI HAR", "synthetic" or "synthetic:SEED".
    static func name(_ data: HARData) -> String {
        guard case .synthetic(let seed) = data.source else { return "UCI HAR" }
        return seed == defaultSeed ? synthetic : "\(synthetic):\(seed)"
    }
}
