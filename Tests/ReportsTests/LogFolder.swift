import Platform

/// A folder with logs in it, which is gone afterwards.
func withLogs(_ files: [String: String], _ body: (String) throws -> Void) throws {
    try withTemporaryFolder { folder in
        for (name, text) in files {
            if let parent = Files.parent("\(folder)/\(name)") { try Files.createFolder(parent) }
            try Files.writeAtomically(Array(text.utf8), to: "\(folder)/\(name)")
        }
        try body(folder)
    }
}
