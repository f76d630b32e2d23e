import HAR
import Platform
import StrictJSON
import Testing

/// Weights go to S3 servers and come back: upload, train --upload, download, predict.
@Suite(.enabled(if: StoreServer.python != nil), .serialized) struct StoreTests {
    private static let weights = PretrainedTests.folder(.cnn) + "/best.safetensors"
    private static let window = [UInt8](Array(repeating: "1,2,3,4,5,6,7,8,9\n", count: UCIHAR.windowLength).joined().utf8)

    /// The key and the SHA-256 of the published weights, out of upload's result.
    private func published(_ outcome: Command.Outcome) throws -> (key: String, sha256: String) {
        let lines = outcome.output.split(separator: "\n").map { $0.split(separator: " ").map(String.init) }
        try #require(lines.map(\.first) == ["weights", "latest", "sha256"])
        return (lines[0][1].replacing("s3://models/", with: ""), lines[2][1])
    }

    @Test(arguments: StoreServer.Kind.allCases) func weightsComeBackAsTheyWent(_ kind: StoreServer.Kind) throws {
        try withTemporaryFolder { folder in
            let server = try StoreServer(kind, in: folder)
            let command = server.command(in: folder)
            let upload = try command.run("upload", PretrainedTests.folder(.cnn), "s3://models/har")
            #expect(upload.code == 0 && upload.errors == "")
            let (key, sha256) = try published(upload)
            #expect(key == "har/cnn/\(sha256)/model.safetensors")
            #expect(sha256 == SHA256.hex(of: try Files.read(StoreTests.weights)))
            let place = "/models/har/cnn/"
            // The pointer last of all.
            #expect(
                try server.requests.map(\.path) == [
                    place + sha256 + "/model.safetensors", place + sha256 + "/run.json", place + "latest.json",
                ])
            #expect(try server.requests.allSatisfy { $0.method == "PUT" && $0.status == 200 })

            let download = try command.run("download", "s3://models/har/cnn/latest.json", "--out", "here.safetensors")
            #expect(download.code == 0 && download.output == "here.safetensors\n")
            #expect(try Files.read(folder + "/here.safetensors") == Files.read(StoreTests.weights))
            #expect(try command.run("download", "s3://models/\(key)").output == "model.safetensors\n")
            #expect(try Files.read(folder + "/model.safetensors") == Files.read(StoreTests.weights))
            #expect(try command.run("download", "s3://models/har/cnn/\(sha256)/run.json").code == 0)
            #expect(try Files.read(folder + "/run.json") == Files.read(PretrainedTests.folder(.cnn) + "/run.json"))

            var boto = Command(in: folder)
            boto.program = try #require(StoreServer.python)
            boto.environment = server.environment
            let read = try boto.run("\(StoreServer.scripts)/read_with_boto3.py", "models", "har/cnn/latest.json")
            #expect(read.output == sha256 + "\n", "\(read.errors)")
        }
    }

    /// What the study's functions do at every start.
    @Test(arguments: StoreServer.Kind.allCases) func aSecondStartMovesNoBytes(_ kind: StoreServer.Kind) throws {
        try withTemporaryFolder { folder in
            let server = try StoreServer(kind, in: folder)
            let command = server.command(in: folder)
            let training = try command.run(
                "--model", "cnn", "--epochs", "3", "--data", "synthetic", "--batch", "64", "--upload", "s3://models/har")
            #expect(training.code == 0)
            #expect(training.errors.contains("published s3://models/har/cnn/"))
            let before = try server.requests.count
            let arguments = ["predict", "--weights", "s3://models/har/cnn/latest.json", "-"]
            let local = try command.run("predict", "--weights", "Checkpoints/cnn-1", "-", input: StoreTests.window)
            let cold = try command.run(arguments, input: StoreTests.window)
            #expect(cold.code == 0 && cold.output == local.output && local.output != "")
            #expect(cold.errors.contains("downloaded"))
            let warm = try command.run(arguments, input: StoreTests.window)
            #expect(warm.code == 0 && warm.output == cold.output)
            #expect(warm.errors.contains("not modified, from the cache"))

            let requests = try server.requests.dropFirst(before)
            #expect(requests.map(\.method) == ["GET", "GET", "GET"])
            #expect(requests.map(\.status) == [200, 200, 304])
            #expect(requests.map { $0.bytes > 0 } == [true, true, false])
            #expect(requests.map { $0.ifNoneMatch != nil } == [false, false, true])

            // A key without a pointer is asked for in the same way.
            let key = try #require(requests.dropFirst().first).path.dropFirst()
            #expect(try command.run("info", "s3://\(key)").errors.contains("not modified"))
            #expect(try server.requests.last?.status == 304)
        }
    }

    @Test func aNewVersionReplacesTheCachedOne() throws {
        try withTemporaryFolder { folder in
            let server = try StoreServer(.moto, in: folder)
            let command = server.command(in: folder)
            let latest = "s3://models/har/lstm/latest.json"
            #expect(try command.run("upload", PretrainedTests.folder(.lstm), "s3://models/har/").code == 0)
            let first = try command.run("info", latest)
            var other = try Files.read(PretrainedTests.folder(.lstm) + "/best.safetensors")
            // The last weight, by a bit.
            other[other.count - 4] ^= 1
            try Files.writeAtomically(other, to: folder + "/other.safetensors")
            #expect(try command.run("upload", "other.safetensors", "s3://models/har").code == 0)
            let second = try command.run("download", latest, "--out", "new.safetensors")
            #expect(first.errors.contains("downloaded") && second.errors.contains("downloaded"))
            #expect(try Files.read(folder + "/new.safetensors") == other)
        }
    }

    @Test func startsAtTheSameTimeDownloadOnce() throws {
        try withTemporaryFolder { folder in
            let server = try StoreServer(.moto, in: folder)
            let command = server.command(in: folder)
            #expect(try command.run("upload", PretrainedTests.folder(.cnn), "s3://models/har").code == 0)
            let before = try server.requests.count
            let starts = try (0..<4).map { _ in try command.start(["info", "s3://models/har/cnn/latest.json"]) }
            let outcomes = try starts.map { try $0.end() }
            #expect(outcomes.allSatisfy { $0.code == 0 && $0.output == outcomes[0].output })
            let requests = try server.requests.dropFirst(before)
            #expect(requests.count { $0.status == 200 && $0.path.hasSuffix("latest.json") } == 1)
            #expect(requests.count { $0.status == 200 && $0.path.hasSuffix("model.safetensors") } == 1)
            #expect(requests.filter { $0.status != 200 }.allSatisfy { $0.status == 304 && $0.bytes == 0 })
        }
    }

    @Test(arguments: StoreServer.Kind.allCases) func aBucketCanBeAHost(_ kind: StoreServer.Kind) throws {
        try withTemporaryFolder { folder in
            let server = try StoreServer(kind, in: folder, isVirtual: true)
            let command = server.command(in: folder)
            // moto tells buckets in hosts by Amazon's names.
            let host = kind == .moto ? "s3.localhost" : "localhost"
            let endpoint = server.endpoint.replacing("127.0.0.1", with: host)
            let options = ["--endpoint", endpoint, "--addressing", "virtual"]
            let upload = try command.run(["upload", StoreTests.weights, "s3://models/har"] + options)
            #expect(upload.code == 0, "\(upload.errors)")
            #expect(try server.requests.last?.path == "/har/cnn/latest.json")
            let download = try command.run(["download", "s3://models/har/cnn/latest.json"] + options)
            #expect(download.code == 0, "\(download.errors)")
            #expect(try Files.read(folder + "/model.safetensors") == Files.read(StoreTests.weights))
        }
    }

    @Test func keysWithAnyCharacterAreSigned() throws {
        try withTemporaryFolder { folder in
            for kind in StoreServer.Kind.allCases {
                let server = try StoreServer(kind, in: folder)
                let command = server.command(in: folder)
                let prefix = "s3://models/a b/ü+%~(1)&=?#"
                let upload = try command.run("upload", StoreTests.weights, prefix)
                #expect(upload.code == 0, "\(kind): \(upload.errors)")
                let download = try command.run("download", prefix + "/cnn/latest.json", "--out", "\(kind).safetensors")
                #expect(download.code == 0, "\(kind): \(download.errors)")
                #expect(try Files.read("\(folder)/\(kind).safetensors") == Files.read(StoreTests.weights))
            }
        }
    }

    /// As the AWS tools: a profile of the shared file, with a region and an endpoint of its own.
    @Test func credentialsComeFromAProfile() throws {
        try withTemporaryFolder { folder in
            let server = try StoreServer(.rclone, in: folder)
            try Files.createFolder(folder + "/.aws")
            try Files.writeAtomically(
                Array("[edge]\naws_access_key_id = \(server.accessKey)\naws_secret_access_key = \(server.secretKey)\n".utf8),
                to: folder + "/.aws/credentials")
            try Files.writeAtomically(
                Array("[profile edge]\nendpoint_url = \(server.endpoint)\nregion = eu-west-1\n".utf8),
                to: folder + "/.aws/config")
            var command = Command(in: folder)
            command.environment = ["AWS_PROFILE": "edge"]
            #expect(try command.run("upload", StoreTests.weights, "s3://models/har").code == 0)
            command.environment = [:]
            let none = try command.run("upload", StoreTests.weights, "s3://models/har", "--endpoint", server.endpoint)
            #expect(none.code == 1 && none.errorLines.count == 1)
            #expect(none.errors.hasPrefix("error: credentials: there are none: set AWS_ACCESS_KEY_ID"))
        }
    }

    @Test func aDryRunWithUploadLeavesNothingInTheStore() throws {
        try withTemporaryFolder { folder in
            let server = try StoreServer(.rclone, in: folder)
            let arguments = ["--data", "synthetic", "--dry-run", "--quiet", "--upload", "s3://models/har"]
            #expect(try server.command(in: folder).run(arguments).code == 0)
            #expect(try server.requests.map(\.method) == ["GET"])
        }
    }
}
