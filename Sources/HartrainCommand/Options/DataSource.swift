import ArgumentParser
import HAR
import StrictJSON

/// The names that data has on the command line and in run records, besides folders: "synthetic" and "synthetic:SEED".
enum DataSource {
    private static let synthetic = "synthetic"

    /// The seed of generated windows, or nil where the name is not theirs.
    /// - Throws: A `ValidationError` where the seed is not a number.
    static func syntheticSeed(_ name: String) throws -> UInt64? {
        let parts = name.split(separator: ":", maxSplits: 1)
        guard parts.first == synthetic[...] else { return nil }
        guard parts.count == 2 else { return SyntheticHAR.defaultSeed }
        guard let seed = UInt64(parts[1]) else {
            throw ValidationError(
                "--data synthetic:SEED needs a whole number as seed, not '\(JSON.excerpt(of: String(parts[1])))'")
        }
        return seed
    }
}
