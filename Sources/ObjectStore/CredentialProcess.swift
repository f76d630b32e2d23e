import Platform
import StrictJSON

/// A program that a profile names and that prints credentials: `credential_process`.
struct CredentialProcess: Sendable {
    let command: String
    /// What names it, for messages.
    let place: String

    /// Runs the program to its end. No shell reads its command line; what it says on standard error is not shown, since it may be secret.
    /// - Throws: An `ObjectStoreError` where it fails, or prints anything but credentials.
    func credentials() throws(ObjectStoreError) -> Credentials {
        func failure(_ problem: String) -> ObjectStoreError { ObjectStoreError(place: place, reason: problem) }
        guard let words = ShellWords.split(command), let program = words.first else {
            throw failure("must be a command line whose quotes are closed")
        }
        guard let outcome = ChildProcess.run(program, Array(words.dropFirst())) else {
            throw failure("cannot be started: check its path, and how many processes there may be (ulimit -u)")
        }
        guard outcome.code == 0 else {
            throw failure("ended with exit code \(outcome.code): run it yourself to see what it says")
        }
        guard let json = try? JSON.parse(outcome.output), json["Version"] == .integer(1) else {
            throw failure("must print a JSON object with \"Version\": 1")
        }
        guard let access = json["AccessKeyId"]?.asString, let secret = json["SecretAccessKey"]?.asString else {
            throw failure("prints no AccessKeyId and SecretAccessKey")
        }
        return try Credentials(accessKey: access, secretKey: secret, sessionToken: json["SessionToken"]?.asString, from: place)
    }
}
