import Glibc
import Platform
import StrictJSON
import Testing

/// What the cache of a store gives and refuses: damaged, foreign, shared, and with the store down.
@Suite(.enabled(if: StoreServer.python != nil), .serialized) struct StoreCacheTests {
    private static let latest = StoreFaultTests.latest
    private static let weights = StoreFaultTests.weights

    /// A server with a published model, which has been read into the cache.
    private func cached(in folder: String) throws -> (server: StoreServer, command: Command) {
        let server = try StoreServer(.moto, in: folder)
        let command = server.command(in: folder)
        #expect(try command.run("upload", StoreCacheTests.weights, "s3://models/har").code == 0)
        #expect(try command.run("info", StoreCacheTests.latest).code == 0)
        return (server, command)
    }

    @Test func aDamagedCacheIsReplaced() throws {
        try withTemporaryFolder { folder in
            let (server, command) = try cached(in: folder)
            let objects = folder + "/.cache/objects"
            for entry in try Files.list(objects) {
                for name in try Files.list("\(objects)/\(entry)") {
                    var bytes = try Files.read("\(objects)/\(entry)/\(name)")
                    bytes[bytes.count / 2] ^= 1
                    try Files.writeAtomically(bytes, to: "\(objects)/\(entry)/\(name)")
                }
            }
            let outcome = try command.run("download", StoreCacheTests.latest)
            #expect(outcome.code == 0 && outcome.errors.contains("downloaded"))
            #expect(try Files.read(folder + "/model.safetensors") == Files.read(StoreCacheTests.weights))
            #expect(try server.requests.suffix(2).map(\.status) == [200, 200])
        }
    }

    /// A 304 vouches for what the store has, not for what stands in the cache.
    @Test func aForeignObjectInTheCacheIsReplaced() throws {
        try withTemporaryFolder { folder in
            let (server, command) = try cached(in: folder)
            let foreign: [UInt8] = [1, 2, 3]
            let objects = folder + "/.cache/objects"
            for entry in try Files.list(objects) {
                let record = "\(objects)/\(entry)/entry.json"
                var json = try JSON.parse(try Files.read(record)).asObject ?? [:]
                guard (json["place"]?.asString)?.hasSuffix("model.safetensors") == true else { continue }
                json.set("sha256", .string(SHA256.hex(of: foreign)))
                try Files.writeAtomically(Array(JSON.object(json).serialized().utf8), to: record)
                try Files.writeAtomically(foreign, to: "\(objects)/\(entry)/\(SHA256.hex(of: foreign))")
            }
            #expect(try command.run("download", StoreCacheTests.latest).code == 0)
            #expect(try Files.read(folder + "/model.safetensors") == Files.read(StoreCacheTests.weights))
            #expect(try server.requests.last?.status == 200)
        }
    }

    @Test func aPipeInTheCacheIsNoEntry() throws {
        try withTemporaryFolder { folder in
            let (server, command) = try cached(in: folder)
            let objects = folder + "/.cache/objects"
            for entry in try Files.list(objects) {
                try Files.remove("\(objects)/\(entry)/entry.json")
                #expect(unsafe mkfifo("\(objects)/\(entry)/entry.json", 0o600) == 0)
            }
            let outcome = try command.run("info", StoreCacheTests.latest)
            #expect(outcome.code == 0 && outcome.errors.contains("downloaded, not cached"), "\(outcome.errors)")
            #expect(try server.requests.last?.status == 200)
        }
    }

    // MARK: Without the store

    @Test func withTheStoreDownTheCacheServesWhoAsksForIt() throws {
        try withTemporaryFolder { folder in
            var server: StoreServer? = try StoreServer(.moto, in: folder)
            var command = try #require(server?.command(in: folder))
            #expect(try command.run("upload", StoreCacheTests.weights, "s3://models/har").code == 0)
            #expect(try command.run("info", StoreCacheTests.latest).code == 0)
            let asked = try #require(try server?.requests.count)
            let offline = try command.run("info", StoreCacheTests.latest, "--offline")
            #expect(offline.code == 0 && offline.errors.contains("from the cache, the store was not asked (--offline)"))
            #expect(try server?.requests.count == asked)
            // Its process ends with it.
            server = nil

            let down = try command.run("info", StoreCacheTests.latest, "--store-timeout", "5s")
            #expect(down.code == 1 && down.output == "")
            #expect(down.errors.contains("no answer: Couldn't connect to server"), "\(down.errors)")
            #expect(
                down.errors.contains(
                    "; the cache has it, verified: --store-fallback cache takes it from there when the store gives nothing, --offline without asking"
                ))
            let fallback = try command.run("info", StoreCacheTests.latest, "--store-timeout", "5s", "--store-fallback", "cache")
            #expect(fallback.code == 0 && fallback.output == offline.output)
            #expect(fallback.errors.contains("warning: \(StoreCacheTests.latest) at "), "\(fallback.errors)")
            #expect(fallback.errors.contains("what the cache has is used (--store-fallback)"))
            let download = try command.run(
                "download", StoreCacheTests.latest, "--store-fallback", "cache", "--store-timeout", "5s")
            #expect(download.code == 0)
            #expect(try Files.read(folder + "/model.safetensors") == Files.read(StoreCacheTests.weights))

            // Also without credentials, and by the variable.
            command.environment["AWS_ACCESS_KEY_ID"] = nil
            command.environment["AWS_SECRET_ACCESS_KEY"] = nil
            command.environment["HARTRAIN_OFFLINE"] = "1"
            #expect(try command.run("info", StoreCacheTests.latest).output == offline.output)
            let absent = try command.run("info", "s3://models/other/latest.json")
            #expect(absent.code == 1 && absent.errorLines.count == 1)
            #expect(
                absent.errors.contains("is not in the cache \(folder)/.cache/objects, and the store is not asked (--offline)"))
            let upload = try command.run("upload", StoreCacheTests.weights, "s3://models/har")
            #expect(upload.code == 1 && upload.errors.contains("is not asked (--offline)"), "\(upload.errors)")
            command.environment["HARTRAIN_OFFLINE"] = "maybe"
            #expect(
                try command.run("info", StoreCacheTests.latest).errors
                    == "error: HARTRAIN_OFFLINE must be 1 or true, 0 or false\n")
        }
    }

    @Test func damagedWeightsInTheCacheAreNoneWithoutTheStore() throws {
        try withTemporaryFolder { folder in
            let (_, command) = try cached(in: folder)
            let objects = folder + "/.cache/objects"
            for entry in try Files.list(objects) {
                for name in try Files.list("\(objects)/\(entry)") where name.count == 64 {
                    var bytes = try Files.read("\(objects)/\(entry)/\(name)")
                    bytes[bytes.count / 2] ^= 1
                    try Files.writeAtomically(bytes, to: "\(objects)/\(entry)/\(name)")
                }
            }
            let outcome = try command.run("info", StoreCacheTests.latest, "--offline")
            #expect(outcome.code == 1 && outcome.errors.contains("is not in the cache"), "\(outcome.errors)")
        }
    }

    /// The pointer has changed, but its weights do not come: the version before is whole, and serves.
    @Test func aVersionThatCannotBeFetchedLeavesTheOneBefore() throws {
        try withTemporaryFolder { folder in
            // upload, info, upload: two requests each; then the pointer comes and the weights do not.
            let server = try StoreServer(
                .moto, in: folder,
                faults: Array(repeating: "pass", count: 7) + ["reset", "reset", "reset", "reset", "reset", "reset*"])
            let command = server.command(in: folder)
            #expect(try command.run("upload", StoreCacheTests.weights, "s3://models/har").code == 0)
            #expect(try command.run("info", StoreCacheTests.latest).code == 0)
            var other = try Files.read(StoreCacheTests.weights)
            other[other.count - 4] ^= 1
            try Files.writeAtomically(other, to: folder + "/other.safetensors")
            #expect(try command.run("upload", "other.safetensors", "s3://models/har").code == 0)
            let outcome = try command.run("download", StoreCacheTests.latest, "--store-fallback", "cache")
            #expect(outcome.code == 0 && outcome.errors.contains("what the cache has is used"), "\(outcome.errors)")
            #expect(try Files.read(folder + "/model.safetensors") == Files.read(StoreCacheTests.weights))
            #expect(try command.run("download", StoreCacheTests.latest, "--offline").code == 0)
            #expect(try Files.read(folder + "/model.safetensors") == Files.read(StoreCacheTests.weights))
        }
    }

    @Test func whatTheStoreHasWithdrawnIsNotTakenFromTheCache() throws {
        try withTemporaryFolder { folder in
            let server = try StoreServer(.moto, in: folder, faults: Array(repeating: "pass", count: 4) + ["bloat*"])
            let command = server.command(in: folder)
            #expect(try command.run("upload", StoreCacheTests.weights, "s3://models/har").code == 0)
            #expect(try command.run("info", StoreCacheTests.latest).code == 0)
            let outcome = try command.run("info", StoreCacheTests.latest, "--store-fallback", "cache")
            #expect(outcome.code == 1 && outcome.errors.contains("there is no such object (NoSuchKey)\n"), "\(outcome.errors)")
        }
    }

    // MARK: The cache

    /// Four warm starts whose questions are answered only when all of them have asked.
    @Test func warmStartsDoNotWaitForEachOther() throws {
        try withTemporaryFolder { folder in
            let server = try StoreServer(
                .moto, in: folder, faults: Array(repeating: "pass", count: 4) + Array(repeating: "gather", count: 4))
            let command = server.command(in: folder)
            #expect(try command.run("upload", StoreCacheTests.weights, "s3://models/har").code == 0)
            #expect(try command.run("info", StoreCacheTests.latest).code == 0)
            let before = try server.requests.count
            let starts = try (0..<4).map { _ in try command.start(["info", StoreCacheTests.latest]) }
            for start in starts { #expect(try start.end().code == 0) }
            #expect(try server.requests.dropFirst(before).map(\.status) == [304, 304, 304, 304])
        }
    }

    /// A process that waits for another's download has its time, too.
    @Test func waitingForAnotherProcessIsPartOfTheTime() throws {
        try withTemporaryFolder { folder in
            let server = try StoreServer(.moto, in: folder, faults: ["pass", "pass", "hang*"])
            let command = server.command(in: folder)
            #expect(try command.run("upload", StoreCacheTests.weights, "s3://models/har").code == 0)
            let first = try command.start(["info", StoreCacheTests.latest, "--store-timeout", "60s"])
            #expect(try first.wait { (try? server.requests.count) == 3 })
            // It asks itself when half of its time is up, and is over while the first still waits.
            let second = try command.start(["info", StoreCacheTests.latest, "--store-timeout", "2s"])
            let outcome = try second.end()
            #expect(outcome.code == 1 && outcome.errors.contains("the time limit of"), "\(outcome.errors)")
            #expect(try server.requests.count == 4)
        }
    }

    @Test func linksInTheCacheAreNotFollowed() throws {
        try withTemporaryFolder { folder in
            let (server, command) = try cached(in: folder)
            let objects = folder + "/.cache/objects"
            let precious = folder + "/precious"
            for entry in try Files.list(objects) {
                for name in try Files.list("\(objects)/\(entry)") {
                    let path = "\(objects)/\(entry)/\(name)"
                    // A copy elsewhere, and a link in its place.
                    let copy = "\(precious)-\(entry)-\(name)"
                    try Files.writeAtomically(try Files.read(path), to: copy)
                    try Files.remove(path)
                    #expect(unsafe symlink(copy, path) == 0)
                }
            }
            let copies = try Files.list(folder).filter { $0.hasPrefix("precious-") }
            let before = try copies.map { try Files.read("\(folder)/\($0)") }
            let outcome = try command.run("info", StoreCacheTests.latest)
            #expect(outcome.code == 0 && outcome.errors.contains("downloaded"), "\(outcome.errors)")
            #expect(try copies.map { try Files.read("\(folder)/\($0)") } == before)
            #expect(try command.run("info", StoreCacheTests.latest).errors.contains("not modified"))

            // The folder of the objects itself.
            #expect(unsafe rename(objects, folder + "/elsewhere") == 0)
            #expect(unsafe symlink(folder + "/elsewhere", objects) == 0)
            let linked = try command.run("info", StoreCacheTests.latest)
            #expect(linked.code == 0 && linked.errors.contains("not cached") && linked.errors.contains("a link leads elsewhere"))
            #expect(try server.requests.last?.status == 200)
        }
    }

    @Test func whatCarriesNoHashIsNotKept() throws {
        try withTemporaryFolder { folder in
            let server = try StoreServer(.moto, in: folder)
            let command = server.command(in: folder)
            var boto = Command(in: folder)
            boto.program = try #require(StoreServer.python)
            boto.environment = server.environment
            let put =
                "import boto3; boto3.client('s3', region_name='us-east-1').put_object(Bucket='models', Key='plain.txt', Body=b'text')"
            #expect(try boto.run("-c", put).code == 0)
            for _ in 0..<2 {
                let outcome = try command.run("download", "s3://models/plain.txt")
                #expect(outcome.code == 0)
                #expect(outcome.errors.contains("downloaded, not cached (it carries no SHA-256)"), "\(outcome.errors)")
                #expect(outcome.errors.contains("warning: s3://models/plain.txt carries no SHA-256"))
            }
        }
    }
}
