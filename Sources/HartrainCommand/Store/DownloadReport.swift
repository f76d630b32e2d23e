import CommandSupport
import Models
import ObjectStore
import Platform

/// What became of a download, as people read it.
enum DownloadReport {
    /// Says on standard error where the object came from, and warns where nothing could vouch for it.
    static func say(_ download: ModelStore.Download) {
        let size = NumberText.grouped(download.object.bytes.count)
        var text = "\(download.place): \(size) bytes, \(text(download.outcome)); sha256 \(download.object.sha256.prefix(16))\n"
        if case .fallback(let reason) = download.outcome {
            text += "warning: \(reason); what the cache has is used (--store-fallback)\n"
        }
        if !download.object.isVerified {
            text +=
                "warning: \(download.place) carries no SHA-256, so it could not be verified; "
                + "what 'hartrain upload' publishes carries one\n"
        }
        Terminal.write(text, to: .standardError)
    }

    private static func text(_ outcome: ObjectCache.Outcome) -> String {
        switch outcome {
        case .unchanged, .known: "not modified, from the cache"
        case .offline: "from the cache, the store was not asked (--offline)"
        case .fallback: "from the cache"
        case .stored: "downloaded"
        case .notStored(let reason): "downloaded, not cached (\(ErrorLine.text(reason)))"
        }
    }
}
