import Glibc
import Platform
import StrictJSON
import Testing

/// What goes wrong between the program and a store: one clear line, exit code 1, no half file, no secret.
@Suite(.enabled(if: StoreServer.python != nil), .serialized) struct StoreFaultTests {
    private static let latest = "s3://models/har/cnn/latest.json"
    private static let weights = PretrainedTests.folder(.cnn) + "/best.safetensors"

    /// Publishes a model on a server that makes faults only after that (upload asks twice), and downloads it.
    private func download(
        _ faults: [String], options: [String] = [], in folder: String, change: (inout Command) -> Void = { _ in }
    ) throws -> (outcome: Command.Outcome, requests: [StoreServer.Request]) {
        let server = try StoreServer(.rclone, in: folder, faults: ["pass", "pass"] + faults)
        var command = server.command(in: folder)
        #expect(try command.run("upload", StoreFaultTests.weights, "s3://models/har").code == 0)
        change(&command)
        let outcome = try command.run(["download", StoreFaultTests.latest, "--out", "x.safetensors"] + options)
        #expect(!outcome.errors.contains(server.secretKey))
        return (outcome, Array(try server.requests.dropFirst(2)))
    }

    private func files(_ folder: String) throws -> [String] { try Files.list(folder).filter { !$0.hasPrefix(".process") } }

    @Test(arguments: [
        ["503", "500"], ["reset", "reset"], ["cut", "cut"], ["alter"], ["short"], ["pass", "500", "cut"], ["pass", "alter"],
        ["busy", "busy"], ["pass", "busy"],
    ]) func whatPassesIsTriedAgain(_ faults: [String]) throws {
        try withTemporaryFolder { folder in
            let (outcome, requests) = try download(faults, in: folder)
            #expect(outcome.code == 0, "\(outcome.errors)")
            #expect(try Files.read(folder + "/x.safetensors") == Files.read(StoreFaultTests.weights))
            #expect(requests.count == 2 + faults.count { $0 != "pass" })
        }
    }

    @Test(arguments: [
        (["500*"], "the store answers 500 InternalError: Made by the test (5 attempts)", 5),
        (["503*"], "the store answers 503 SlowDown: Made by the test (5 attempts)", 5),
        (["cut*"], "no answer: Transferred a partial file (5 attempts)", 5),
        (["reset*"], "no answer: Server returned nothing (no headers, no data) (5 attempts)", 5),
        (["pass", "alter*"], "the object is damaged: its SHA-256 is ", 3),
        (["pass", "short*"], "the object is damaged: its SHA-256 is ", 3),
        (["long"], "the answer is too long: at most 65536 bytes are read", 1),
        (["bloat"], "there is no such object (NoSuchKey)", 1),
        (["endless403"], "access is denied (HTTP 403): these credentials may not read here", 1),
        (["endless"], "the answer is too long: at most 65536 bytes are read", 1),
        (["headers"], "the answer's header is too long: at most 262144 bytes are read", 1),
        (["header"], "the answer's header is too long: at most 262144 bytes are read", 1),
        (["continue"], "the answer's header is too long: at most 262144 bytes are read", 1),
        (["switch"], "the store answers 101", 1),
        (["created"], "the answer is none of S3's (HTTP 201): check --endpoint", 1),
        (["entities"], "the store answers 400 InvalidRequest: the <prefix> & the key are \"wrong\"!", 1),
        (
            ["clock"],
            "access is denied (AccessDenied): these credentials may not read here; this machine's clock differs from the store's by 3",
            1
        ),
        // The pointer promises how many.
        (
            ["pass", "endless"],
            "the answer is too long: at most \((try? Files.read(StoreFaultTests.weights))?.count ?? 0) bytes are read", 2
        ),
        (["skew"], "this machine's clock differs too much from the store's by 3", 1),
        (["region"], "the bucket is in eu-west-1, the request is for us-east-1 (PermanentRedirect): set AWS_REGION", 1),
    ]) func whatStaysIsAnErrorInOneLine(_ faults: [String], _ reason: String, _ attempts: Int) throws {
        try withTemporaryFolder { folder in
            let (outcome, requests) = try download(faults, in: folder)
            #expect(outcome.code == 1)
            #expect(outcome.output == "")
            #expect(outcome.errorLines.count == 1)
            #expect(outcome.errors.hasPrefix("error: s3://models/har/cnn/"))
            #expect(outcome.errors.contains(": " + reason), "\(outcome.errors)")
            #expect(requests.count == attempts)
            #expect(try files(folder) == [".cache"])
        }
    }

    @Test func theTotalTimeIsBounded() throws {
        try withTemporaryFolder { folder in
            let (outcome, requests) = try download(["drip*"], options: ["--store-timeout", "1s"], in: folder)
            #expect(outcome.code == 1)
            #expect(
                outcome.errors.contains("no answer in time; the time limit of 1.0 s is up (--store-timeout)"), "\(outcome.errors)"
            )
            #expect(requests.count == 1)
            #expect(try files(folder) == [".cache"])
        }
    }

    @Test func wrongCredentialsAndPlacesAreNamed() throws {
        try withTemporaryFolder { folder in
            for kind in StoreServer.Kind.allCases {
                let server = try StoreServer(kind, in: folder)
                func failure(_ place: String, _ environment: [String: String] = [:], _ options: [String] = []) throws -> String {
                    var command = server.command(in: folder)
                    command.environment.merge(environment) { $1 }
                    let outcome = try command.run(["download", place] + options)
                    #expect(outcome.code == 1 && outcome.output == "" && outcome.errorLines.count == 1)
                    for secret in [server.secretKey, "wrong-secret"] { #expect(!outcome.errors.contains(secret)) }
                    return outcome.errors
                }
                #expect(try failure("s3://models/none").contains("there is no such object"), "\(kind)")
                #expect(try failure("s3://nobucket/none").contains("there is no such bucket (NoSuchBucket)"), "\(kind)")
                #expect(
                    try failure("s3://models/none", ["AWS_SECRET_ACCESS_KEY": "wrong-secret"]).contains("SignatureDoesNotMatch"),
                    "\(kind)")
                #expect(
                    try failure("s3://models/none", ["AWS_ACCESS_KEY_ID": "AKIAWRONG"]).contains("InvalidAccessKeyId"), "\(kind)")
                if server.sessionToken != nil {
                    let token = ["AWS_SESSION_TOKEN": "wrong-secret"]
                    #expect(
                        try failure("s3://models/none", token).contains("the session token is not valid any more (InvalidToken)"))
                }
                let upload = try server.command(in: folder).run("upload", StoreFaultTests.weights, "s3://nobucket/har")
                #expect(upload.code == 1 && upload.errors.contains("there is no such bucket (NoSuchBucket): make it first"))
            }
        }
    }

    @Test func aServerThatIsNotThere() throws {
        try withTemporaryFolder { folder in
            var command = Command(in: folder)
            command.environment = ["AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"]
            // The port of discard, which nothing listens to.
            let outcome = try command.run("download", "s3://models/x", "--endpoint", "http://127.0.0.1:9")
            #expect(outcome.code == 1)
            #expect(
                outcome.errors
                    == "error: s3://models/x at http://127.0.0.1:9: no answer: Couldn't connect to server (5 attempts)\n")
        }
    }

    @Test func aFullDiskLeavesNoFile() throws {
        try withTemporaryFolder { folder in
            let (outcome, _) = try download([], in: folder) { $0.prelude = "ulimit -f 8;" }
            #expect(outcome.code == 1)
            #expect(
                outcome.errors
                    == "error: cannot write x.safetensors: File too large: raise 'ulimit -f', or choose a file system that takes larger files, and try again\n"
            )
            #expect(try files(folder) == [".cache"])
        }
    }

    @Test func aCacheThatCannotBeWrittenIsNoObstacle() throws {
        try withTemporaryFolder { folder in
            let (outcome, requests) = try download([], in: folder) { $0.environment["HARTRAIN_CACHE"] = "/proc/none" }
            #expect(outcome.code == 0)
            #expect(outcome.errors.contains("downloaded, not cached (cannot create folder /proc/none: "), "\(outcome.errors)")
            #expect(try Files.read(folder + "/x.safetensors") == Files.read(StoreFaultTests.weights))
            #expect(requests.map(\.status) == [200, 200])
        }
    }

    /// A server with a published model, which has been read into the cache.
    private func cached(in folder: String) throws -> (server: StoreServer, command: Command) {
        let server = try StoreServer(.moto, in: folder)
        let command = server.command(in: folder)
        #expect(try command.run("upload", StoreFaultTests.weights, "s3://models/har").code == 0)
        #expect(try command.run("info", StoreFaultTests.latest).code == 0)
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
            let outcome = try command.run("download", StoreFaultTests.latest)
            #expect(outcome.code == 0 && outcome.errors.contains("downloaded"))
            #expect(try Files.read(folder + "/model.safetensors") == Files.read(StoreFaultTests.weights))
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
            #expect(try command.run("download", StoreFaultTests.latest).code == 0)
            #expect(try Files.read(folder + "/model.safetensors") == Files.read(StoreFaultTests.weights))
            #expect(try server.requests.last?.status == 200)
        }
    }

    @Test(arguments: [
        ("echo", "the store answers 400 InvalidRequest: ***"),
        ("token", "the bucket is in another region, the request is for us-east-1"),
        ("escaped", "the store answers 400 ***: ***"),
    ]) func whatAServerRepeatsOfTheSecretsIsHidden(_ fault: String, _ reason: String) throws {
        try withTemporaryFolder { folder in
            let server = try StoreServer(.moto, in: folder, faults: [fault])
            let token = try #require(server.sessionToken)
            let outcome = try server.command(in: folder).run("download", StoreFaultTests.latest)
            #expect(outcome.code == 1)
            #expect(outcome.errors.contains(reason), "\(outcome.errors)")
            #expect(!outcome.errors.lowercased().contains(token.lowercased().prefix(12)))
        }
    }

    // MARK: Without the store

    @Test func withTheStoreDownTheCacheServesWhoAsksForIt() throws {
        try withTemporaryFolder { folder in
            var server: StoreServer? = try StoreServer(.moto, in: folder)
            var command = try #require(server?.command(in: folder))
            #expect(try command.run("upload", StoreFaultTests.weights, "s3://models/har").code == 0)
            #expect(try command.run("info", StoreFaultTests.latest).code == 0)
            let asked = try #require(try server?.requests.count)
            let offline = try command.run("info", StoreFaultTests.latest, "--offline")
            #expect(offline.code == 0 && offline.errors.contains("from the cache, the store was not asked (--offline)"))
            #expect(try server?.requests.count == asked)
            // Its process ends with it.
            server = nil

            let down = try command.run("info", StoreFaultTests.latest, "--store-timeout", "5s")
            #expect(down.code == 1 && down.output == "")
            #expect(down.errors.contains("no answer: Couldn't connect to server"), "\(down.errors)")
            #expect(
                down.errors.contains(
                    "; the cache has it, verified: --store-fallback cache takes it from there when the store gives nothing, --offline without asking"
                ))
            let fallback = try command.run("info", StoreFaultTests.latest, "--store-timeout", "5s", "--store-fallback", "cache")
            #expect(fallback.code == 0 && fallback.output == offline.output)
            #expect(fallback.errors.contains("warning: \(StoreFaultTests.latest) at "), "\(fallback.errors)")
            #expect(fallback.errors.contains("what the cache has is used (--store-fallback)"))
            let download = try command.run(
                "download", StoreFaultTests.latest, "--store-fallback", "cache", "--store-timeout", "5s")
            #expect(download.code == 0)
            #expect(try Files.read(folder + "/model.safetensors") == Files.read(StoreFaultTests.weights))

            // Also without credentials, and by the variable.
            command.environment["AWS_ACCESS_KEY_ID"] = nil
            command.environment["AWS_SECRET_ACCESS_KEY"] = nil
            command.environment["HARTRAIN_OFFLINE"] = "1"
            #expect(try command.run("info", StoreFaultTests.latest).output == offline.output)
            let absent = try command.run("info", "s3://models/other/latest.json")
            #expect(absent.code == 1 && absent.errorLines.count == 1)
            #expect(
                absent.errors.contains("is not in the cache \(folder)/.cache/objects, and the store is not asked (--offline)"))
            let upload = try command.run("upload", StoreFaultTests.weights, "s3://models/har")
            #expect(upload.code == 1 && upload.errors.contains("is not asked (--offline)"), "\(upload.errors)")
            command.environment["HARTRAIN_OFFLINE"] = "maybe"
            #expect(
                try command.run("info", StoreFaultTests.latest).errors
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
            let outcome = try command.run("info", StoreFaultTests.latest, "--offline")
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
            #expect(try command.run("upload", StoreFaultTests.weights, "s3://models/har").code == 0)
            #expect(try command.run("info", StoreFaultTests.latest).code == 0)
            var other = try Files.read(StoreFaultTests.weights)
            other[other.count - 4] ^= 1
            try Files.writeAtomically(other, to: folder + "/other.safetensors")
            #expect(try command.run("upload", "other.safetensors", "s3://models/har").code == 0)
            let outcome = try command.run("download", StoreFaultTests.latest, "--store-fallback", "cache")
            #expect(outcome.code == 0 && outcome.errors.contains("what the cache has is used"), "\(outcome.errors)")
            #expect(try Files.read(folder + "/model.safetensors") == Files.read(StoreFaultTests.weights))
            #expect(try command.run("download", StoreFaultTests.latest, "--offline").code == 0)
            #expect(try Files.read(folder + "/model.safetensors") == Files.read(StoreFaultTests.weights))
        }
    }

    @Test func whatTheStoreHasWithdrawnIsNotTakenFromTheCache() throws {
        try withTemporaryFolder { folder in
            let server = try StoreServer(.moto, in: folder, faults: Array(repeating: "pass", count: 4) + ["bloat*"])
            let command = server.command(in: folder)
            #expect(try command.run("upload", StoreFaultTests.weights, "s3://models/har").code == 0)
            #expect(try command.run("info", StoreFaultTests.latest).code == 0)
            let outcome = try command.run("info", StoreFaultTests.latest, "--store-fallback", "cache")
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
            #expect(try command.run("upload", StoreFaultTests.weights, "s3://models/har").code == 0)
            #expect(try command.run("info", StoreFaultTests.latest).code == 0)
            let before = try server.requests.count
            let starts = try (0..<4).map { _ in try command.start(["info", StoreFaultTests.latest]) }
            for start in starts { #expect(try start.end().code == 0) }
            #expect(try server.requests.dropFirst(before).map(\.status) == [304, 304, 304, 304])
        }
    }

    /// A process that waits for another's download has its time, too.
    @Test func waitingForAnotherProcessIsPartOfTheTime() throws {
        try withTemporaryFolder { folder in
            let server = try StoreServer(.moto, in: folder, faults: ["pass", "pass", "hang*"])
            let command = server.command(in: folder)
            #expect(try command.run("upload", StoreFaultTests.weights, "s3://models/har").code == 0)
            let first = try command.start(["info", StoreFaultTests.latest, "--store-timeout", "60s"])
            #expect(try first.wait { (try? server.requests.count) == 3 })
            // It asks itself when half of its time is up, and is over while the first still waits.
            let second = try command.start(["info", StoreFaultTests.latest, "--store-timeout", "2s"])
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
            let outcome = try command.run("info", StoreFaultTests.latest)
            #expect(outcome.code == 0 && outcome.errors.contains("downloaded"), "\(outcome.errors)")
            #expect(try copies.map { try Files.read("\(folder)/\($0)") } == before)
            #expect(try command.run("info", StoreFaultTests.latest).errors.contains("not modified"))

            // The folder of the objects itself.
            #expect(unsafe rename(objects, folder + "/elsewhere") == 0)
            #expect(unsafe symlink(folder + "/elsewhere", objects) == 0)
            let linked = try command.run("info", StoreFaultTests.latest)
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

    @Test(arguments: ["base64", "capitals", "nohash"]) func aHashInAnotherFormIsNoDamage(_ form: String) throws {
        try withTemporaryFolder { folder in
            let (outcome, requests) = try download(["\(form)*"], in: folder)
            #expect(outcome.code == 0, "\(outcome.errors)")
            #expect(requests.count == 2)
        }
    }

    // MARK: Publishing

    @Test func aWebServerThatSaysYesHasStoredNothing() throws {
        try withTemporaryFolder { folder in
            let server = try StoreServer(.moto, in: folder, faults: ["page*"])
            let outcome = try server.command(in: folder).run("upload", StoreFaultTests.weights, "s3://models/har")
            #expect(outcome.code == 1 && outcome.output == "")
            #expect(
                outcome.errors.contains(
                    "the answer is none of S3's (HTTP 200 without an ETag, or with content): check --endpoint"),
                "\(outcome.errors)")
            #expect(try server.requests.count == 1)
        }
    }

    @Test func aWriteIsTriedAgainHoweverMuchTheRefusalSays() throws {
        try withTemporaryFolder { folder in
            let server = try StoreServer(.moto, in: folder, faults: ["busy", "busy"])
            #expect(try server.command(in: folder).run("upload", StoreFaultTests.weights, "s3://models/har").code == 0)
            #expect(try server.requests.map(\.status) == [503, 503, 200, 200])
        }
    }

    @Test(arguments: [(SIGTERM, 143), (SIGINT, 130)] as [(Int32, Int32)]) func aSignalEndsTheStoresWork(
        _ signal: Int32, _ code: Int32
    ) throws {
        try withTemporaryFolder { folder in
            // The first check hangs; the second passes, and the first write hangs.
            let server = try StoreServer(.moto, in: folder, faults: ["hang", "pass", "hang*"])
            let command = server.command(in: folder)
            // Without the signal it would go on for longer than the test may take.
            let training = [
                "--data", "synthetic", "--epochs", "1", "--quiet", "--out", "run", "--upload", "s3://models/har",
                "--store-timeout", "1h",
            ]
            let before = try command.start(training)
            #expect(try before.wait { (try? server.requests.count) == 1 })
            before.send(signal)
            let outcome = try before.end()
            #expect(outcome.code == code && outcome.output == "" && outcome.errors == "", "\(outcome)")
            #expect(!Files.exists(folder + "/run"))

            let after = try command.start(training)
            #expect(try after.wait { (try? server.requests.count) == 3 })
            after.send(signal)
            let end = try after.end()
            #expect(end.code == code, "\(end)")
            // Before it stands what a training of one epoch is worth.
            #expect(
                end.errorLines.last
                    == "interrupted before the weights were published; the run itself is complete, publish it with 'hartrain upload run s3://models/har'"
            )
            #expect(Files.exists(folder + "/run/best.safetensors"))
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
            let outcome = try command.run("info", StoreFaultTests.latest)
            #expect(outcome.code == 0 && outcome.errors.contains("downloaded, not cached"), "\(outcome.errors)")
            #expect(try server.requests.last?.status == 200)
        }
    }

    @Test func anEmptyFileOfARunIsPublishedToo() throws {
        try withTemporaryFolder { folder in
            for kind in StoreServer.Kind.allCases {
                let run = "\(folder)/\(kind)"
                try Files.createFolder(run)
                try Files.writeAtomically(try Files.read(StoreFaultTests.weights), to: run + "/best.safetensors")
                try Files.writeAtomically([], to: run + "/report.md")
                let server = try StoreServer(kind, in: folder)
                let outcome = try server.command(in: folder).run("upload", run, "s3://models/har")
                #expect(outcome.code == 0, "\(kind): \(outcome.errors)")
                #expect(try server.requests.count == 3)
            }
        }
    }

    @Test func aHugeTimeLimitIsNoHarm() throws {
        try withTemporaryFolder { folder in
            let (outcome, _) = try download([], options: ["--store-timeout", "1e300"], in: folder)
            #expect(outcome.code == 0)
        }
    }

    @Test func aPointerThatLeadsElsewhereIsRefused() throws {
        try withTemporaryFolder { folder in
            let server = try StoreServer(.moto, in: folder)
            var boto = Command(in: folder)
            boto.program = try #require(StoreServer.python)
            boto.environment = server.environment
            let hash = String(repeating: "a", count: 64)
            let pointer = """
                {"format": 1, "model": "cnn", "sha256": "\(hash)", "bytes": 1, "path": "../\(hash)/x", "program": "p"}
                """
            let put = """
                import boto3, sys
                boto3.client("s3", region_name="us-east-1").put_object(Bucket="models", Key="m/latest.json", Body=sys.argv[1])
                """
            #expect(try boto.run("-c", put, pointer).code == 0)
            let outcome = try server.command(in: folder).run("download", "s3://models/m/latest.json")
            #expect(outcome.code == 1)
            #expect(
                outcome.errors.contains("s3://models/m/latest.json: is no pointer to a model: 'path' must be"),
                "\(outcome.errors)")
        }
    }

    @Test func whatCannotBePublishedStopsATrainingBeforeItBegins() throws {
        try withTemporaryFolder { folder in
            let server = try StoreServer(.moto, in: folder, faults: ["pass", "pass", "pass", "reset*"])
            let training = ["--data", "synthetic", "--epochs", "1", "--quiet", "--out", "run", "--upload"]
            let wrong = try server.command(in: folder).run(training + ["s3://nobucket/har"])
            #expect(wrong.code == 1 && wrong.errorLines.count == 1)
            #expect(wrong.errors.contains("there is no such bucket"))
            #expect(!Files.exists(folder + "/run"))

            // The store goes away during the training: the run is complete all the same.
            let cut = try server.command(in: folder).run(training + ["s3://models/har"])
            #expect(cut.code == 1)
            #expect(cut.output.contains("test (other volunteers)"))
            #expect(cut.errors.contains("the run itself is complete, publish it with 'hartrain upload run s3://models/har'"))
            #expect(Files.exists(folder + "/run/best.safetensors"))
            #expect(try server.requests.contains { $0.path.hasSuffix("latest.json") && $0.method == "PUT" } == false)
        }
    }
}
