import Glibc
import Platform
import Testing

/// What goes wrong between the program and a store: one clear line, exit code 1, no half file, no secret.
@Suite(.enabled(if: StoreServer.python != nil), .serialized) struct StoreFaultTests {
    static let latest = "s3://models/har/cnn/latest.json"
    static let weights = PretrainedTests.folder(.cnn) + "/best.safetensors"

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
