import Glibc
import Platform
import Testing

/// Wrong use and missing things: one line that says what is wrong, the right exit code, nothing made.
@Suite struct UsageTests {
    /// Options and what the error says of them.
    private static let wrong: [([String], String)] = [
        (["--nonsense"], "Unknown option '--nonsense'"), (["--epoch", "3"], "Did you mean '--epochs'?"),
        (["leftover"], "Unexpected argument 'leftover'"), (["--epochs"], "Missing value for '--epochs"),
        (["--batch", "0"], "--batch must be a whole number of 1 to 1000000000, not 0"),
        (["--batch", "abc"], "The value 'abc' is invalid for '--batch"),
        (["--batch", "1.5"], "The value '1.5' is invalid for '--batch"),
        (["--batch", "99999999999"], "--batch must be a whole number of 1 to 1000000000, not 99999999999"),
        (["--epochs", "-1"], "--epochs must be a whole number of 1 to 1000000000, not -1"),
        (["--threads", "0"], "--threads must be 1 to 1024, not 0"), (["--threads", "-2"], "--threads must be 1 to 1024, not -2"),
        (["--seed", "-1"], "The value '-1' is invalid for '--seed"), (["--lr", "0"], "--learning-rate must be a number above 0"),
        (["--lr", "1e308"], "--learning-rate must be a number above 0 (1.4e-45 to 3.4e38), not 1e+308"),
        (["--clip-norm", "inf"], "--clip-norm must be above 0 (1.4e-45 to 3.4e38), not inf"),
        (["--validation-fraction", "2"], "--validation-fraction must be above 0 and below 1, not 2.0"),
        (["--max-time", "x"], "give a time above 0, such as 90s, 30m or 2h"), (["--max-time", "-3s"], "give a time above 0"),
        (["--clip-value", "1", "--clip-norm", "1"], "--clip-value and --clip-norm exclude each other"),
        (["--clip-value", "-1"], "--clip-value must be above 0, or 0 for no limit, not -1.0"),
        (["--clip-norm", "-1"], "--clip-norm must be above 0, or 0 for no limit, not -1.0"),
        (["--warmup", "3"], "--warmup belongs to --schedule cosine"),
        (["--warmup", "5", "--schedule", "cosine", "--epochs", "5"], "--warmup must be at least 0 and below the epochs, not 5"),
        (["--warmup", "1", "--schedule", "step"], "--warmup belongs to --schedule cosine"),
        (["--step-factor", "0.5"], "belong to --schedule step"),
        (["--class-weights", "1,2"], "--class-weights must be 6 numbers, not 2"),
        (["--class-weights", "a,b"], "--class-weights must be none, balanced or numbers"),
        (["--class-weights", "0,0,0,0,0,0"], "--class-weights must be 0 or 1e-30 to 1e30, not all of them 0"),
        (["--momentum", "0.9"], "--momentum and --nesterov belong to --optimizer sgd"),
        (["--optimizer", "adamw", "--momentum", "0.9"], "--momentum and --nesterov belong to --optimizer sgd, not adamw"),
        (["--optimizer", "adamw", "--nesterov"], "--momentum and --nesterov belong to --optimizer sgd, not adamw"),
        (["--optimizer", "sgd", "--nesterov"], "--nesterov needs a momentum above 0"),
        (["--weight-decay", "0.1"], "--weight-decay belongs to --optimizer adamw or sgd"),
        (["--optimizer", "rmsprop"], "Please provide one of 'adam', 'adamw' or 'sgd'"),
        (["--patience", "0"], "--patience must be a whole number of 1 to 1000000000"),
        (["--evaluate-every", "0"], "--evaluate-every must be a whole number of 1 to 1000000000"),
        (["--target-accuracy", "99"], "--target-accuracy must be above 0 and at most 1 (0.99 is 99 %), not 99.0"),
        (["--label-smoothing", "1"], "--label-smoothing must be at least 0 and below 1"),
        (["--checkpoint-every", "-1"], "--checkpoint-every must be at least 0 and finite, not -1.0"),
        (["--progress", "loud"], "Please provide one of 'auto', 'bar', 'plain' or 'none'"),
        (["--model", "cnn", "--config", "run.json"], "--model and --config exclude each other"),
        (["--upload", "models/har"], "models/har: must begin with s3:// as in s3://bucket/prefix"),
        (["--data", "synthetic:x"], "--data synthetic:SEED needs a whole number as seed, not 'x'"),
    ]

    private static func check(_ arguments: [String], code: Int32, _ reason: String) throws {
        try withTemporaryFolder { folder in
            let outcome = try Command(in: folder).run(arguments)
            #expect(outcome.code == code, "\(arguments): \(outcome.errors)")
            #expect(outcome.output == "")
            #expect(outcome.errorLines.count == 1, "\(arguments): \(outcome.errors)")
            #expect(outcome.errors.hasPrefix("error: "), "\(arguments): \(outcome.errors)")
            #expect(outcome.errors.contains(reason), "\(arguments): \(outcome.errors)")
            #expect(try Files.list(folder).filter { !$0.hasPrefix(".") } == [])
        }
    }

    @Test func wrongUse() throws {
        for (options, reason) in UsageTests.wrong {
            let data = options.contains("--data") ? [] : ["--data", "synthetic"]
            try UsageTests.check(data + ["--quiet"] + options, code: 2, reason)
        }
        try UsageTests.check(
            ["evaluate"], code: 2, "Missing expected argument '--weights <place>' (see 'hartrain evaluate --help')")
        // A value may be named as a command is.
        try UsageTests.check(["--data", "data", "--epochs", "x"], code: 2, "(see 'hartrain train --help')")
        try UsageTests.check(["predict", "x.csv"], code: 2, "(see 'hartrain predict --help')")
        try UsageTests.check(["predict", "--weights", "w"], code: 2, "Missing expected argument '<input> ...'")
        try UsageTests.check(["info", "--model", "cnn", "file"], code: 2, "give a file or --model, not both")
        try UsageTests.check(["data", "--json", "--window", "1"], code: 2, "--window prints CSV")
        try UsageTests.check(["upload", "w", "har"], code: 2, "har: must begin with s3://")
        try UsageTests.check(["download", "s3://m/x"], code: 2, "s3://m/x: the bucket must have 3 to 63 letters")
        try UsageTests.check(["evaluate", "--weights", "w", "--threads", "0"], code: 2, "--threads must be 1 to 1024")
    }

    @Test(arguments: ["nan", "inf", "-inf", "1e999"])
    func numbersAreFinite(number: String) throws {
        let options = [
            "--learning-rate", "--label-smoothing", "--clip-value", "--clip-norm", "--min-delta", "--target-accuracy",
            "--validation-fraction", "--checkpoint-every", "--max-time",
        ].map { [$0, number] }
        let dependent = [
            ["--optimizer", "sgd", "--momentum", number], ["--optimizer", "sgd", "--weight-decay", number],
            ["--optimizer", "adamw", "--weight-decay", number], ["--schedule", "step", "--step-factor", number],
            ["--class-weights", "1,1,1,\(number),1,1"],
        ]
        for option in options + dependent {
            try UsageTests.check(["--data", "synthetic", "--quiet"] + option, code: 2, "--")
        }
    }

    @Test func whatIsMissing() throws {
        let missing: [([String], String)] = [
            (["--data", "nowhere"], "nowhere: there is no UCI HAR data here"),
            ([], "Data: there is no UCI HAR data here"),
            (
                ["--data", "synthetic", "--model", "resnet"],
                "no model is called 'resnet': use cnn, lstm, cnn-lstm, cnn-inception"
            ),
            (["--data", "synthetic", "--model", "mine.json"], "mine.json: cannot read it: No such file or directory"),
            (["--config", "run.json"], "run.json: cannot read it: No such file or directory"),
            (["info", "s3://x"], "s3://x: the bucket must have"),
            (["evaluate", "--weights", "w.safetensors"], "w.safetensors: cannot read it: No such file or directory"),
            (["predict", "--weights", "w.safetensors", "x.csv"], "w.safetensors: cannot read it: No such file or directory"),
            (["info", "w.safetensors"], "w.safetensors: cannot read it: No such file or directory"),
            (["data", "--data", "nowhere"], "nowhere: there is no UCI HAR data here"),
            (["data", "--data", "synthetic", "--window", "999999"], "--window must be 1 to 864 for --part test"),
            (["data", "--data", "synthetic", "--window", "2881", "--part", "all"], "--window must be 1 to 2880 for --part all"),
            (["--data", "synthetic", "--validation-fraction", "0.00001"], "of 2016 training windows holds out none"),
            (["--data", "synthetic", "--validation-fraction", "0.99999"], "leaves none of 2016 windows to train on"),
        ]
        for (arguments, reason) in missing { try UsageTests.check(arguments, code: 1, reason) }
    }

    /// What was typed is repeated no longer than people read, on one line, every character to be seen, and the remedy stands behind it.
    @Test func errorsRepeatValuesShortAndVisible() throws {
        let cases: [(arguments: (String) -> [String], remedy: String)] = [
            ({ ["--epochs", $0] }, "(see 'hartrain train --help')"), ({ ["--epochs=" + $0] }, "(see 'hartrain train --help')"),
            ({ [$0] }, "(see 'hartrain --help')"), ({ ["train", $0] }, "(see 'hartrain train --help')"),
            ({ ["--data", "synthetic:" + $0] }, "(see 'hartrain train --help')"),
            ({ ["--model", $0] }, "a file that ends in .json"),
            ({ ["--data", $0] }, "scripts/fetch-data.sh"), ({ ["predict", "--weights", $0, "-"] }, "cannot read it"),
            ({ ["--resume", $0] }, "cannot read it"),
            ({ ["--class-weights", $0, "--data", "synthetic"] }, "separated by commas"),
        ]
        try withTemporaryFolder { folder in
            for value in [String(repeating: "x", count: 100_000), "a\nb\u{1B}[31mc"] {
                for (arguments, remedy) in cases {
                    let errors = try Command(in: folder).run(arguments(value)).errors
                    #expect(errors.hasPrefix("error: ") && errors.utf8.count < 4200, "\(errors.prefix(80))")
                    #expect(errors.dropLast().unicodeScalars.allSatisfy { $0.value >= 0x20 }, "\(errors.prefix(80))")
                    #expect(errors.contains(remedy), "\(errors.prefix(80)) ... \(errors.suffix(80))")
                }
            }
        }
    }

    /// A pipe that nobody writes to is no record of a run, and nobody waits for its writer.
    @Test func aPipeInPlaceOfARecord() throws {
        try withTemporaryFolder { folder in
            try Files.createFolder(folder + "/run")
            for name in ["run.json", "best.safetensors"] { #expect(unsafe mkfifo("\(folder)/run/\(name)", 0o600) == 0) }
            for arguments in [["--resume", "run"], ["--config", "run/run.json"], ["compare", "run", "run"], ["info", "run"]] {
                var command = Command(in: folder)
                command.limit = 30
                let outcome = try command.run(arguments)
                #expect(outcome.code == 1)
                #expect(outcome.errors.contains("cannot read it: it is not a regular file"), "\(outcome.errors)")
            }
        }
    }

    /// Nor is one any other file that the program reads whole; only weights and windows may come through a pipe.
    @Test func aPipeInPlaceOfAFile() throws {
        try withTemporaryFolder { folder in
            try Files.createFolder(folder + "/set/train")
            for name in ["pipe", "pipe.json", "set/activity_labels.txt"] {
                #expect(unsafe mkfifo("\(folder)/\(name)", 0o600) == 0)
            }
            let run = PretrainedTests.folder(.cnn)
            for arguments in [
                ["compare", run, "--bench", "pipe"], ["bench", "--baseline", "pipe"], ["data", "--data", "set"],
                ["info", "--model", "pipe.json"], ["download", "s3://models/har", "--out", "x"],
            ] {
                var command = Command(in: folder)
                command.environment = ["AWS_SHARED_CREDENTIALS_FILE": folder + "/pipe", "AWS_EC2_METADATA_DISABLED": "true"]
                command.limit = 30
                let outcome = try command.run(arguments)
                #expect(outcome.code == 1)
                #expect(outcome.errors.contains("it is not a regular file"), "\(outcome.errors)")
            }
        }
    }

    /// A locale without UTF-8, as the tests have, is written to in ASCII only.
    @Test func outputIsASCII() throws {
        try withTemporaryFolder { folder in
            let command = Command(in: folder)
            for arguments in [
                ["--model", "lstm", "--batch", "1", "--data", "synthetic", "--dry-run"],
                ["bench", "--model", "cnn", "--batch", "1", "--threads", "1", "--repetitions", "2", "--warmup", "1", "--wide"],
            ] {
                let outcome = try command.run(arguments)
                #expect(outcome.code == 0)
                let lines = (outcome.output + outcome.errors).split(separator: "\n").filter { !$0.utf8.allSatisfy { $0 < 0x80 } }
                #expect(lines.isEmpty, "\(lines)")
            }
        }
    }

    @Test func theVariableNamesTheData() throws {
        try withTemporaryFolder { folder in
            var command = Command(in: folder)
            command.environment = ["HAR_DATA": "synthetic"]
            #expect(try command.run("data").code == 0)
            command.environment = ["HAR_DATA": "elsewhere"]
            let elsewhere = try command.run("data")
            #expect(elsewhere.errors.hasPrefix("error: elsewhere: there is no UCI HAR data here"))
            #expect(try command.run("data", "--data", "synthetic").code == 0)
        }
    }

    /// A word that is nearly a command is told which; one that is none is wrong use, also after "help".
    @Test func aCommandThatThereIsNot() throws {
        for (arguments, message) in [
            (["tarin"], "there is no command 'tarin': did you mean 'train'?"),
            (["predcit", "--weights", "x"], "there is no command 'predcit': did you mean 'predict'?"),
            (["help", "foo"], "there is no command 'foo' (see"),
            (["help", "dat"], "there is no command 'dat': did you mean 'data'?"),
            (["x.csv"], "there is no command 'x.csv' (see"),
        ] {
            try UsageTests.check(arguments, code: 2, message)
        }
        try withTemporaryFolder { folder in
            for arguments in [["help"], ["help", "data"], ["data", "--help"], ["--version"]] {
                let outcome = try Command(in: folder).run(arguments)
                #expect(outcome.code == 0, "\(arguments)")
            }
        }
    }

    /// A reader that has seen enough ends the program without a word, as it ends any other: 128 and SIGPIPE.
    @Test func aReaderThatHasGone() throws {
        try withTemporaryFolder { folder in
            var command = Command(in: folder)
            command.program = "/bin/bash"
            let outcome = try command.run(
                "-c", #"{ sleep 0.3; "$0" data --data synthetic --window 1 2>/dev/null; echo "code $?" >&2; } | true"#,
                Command.binary)
            #expect(outcome.errors == "code 141\n")
        }
    }

    /// A beginner who types the name alone is told what begins, and how to stop it.
    @Test func theBareNameOnATerminalSaysWhatItStarts() throws {
        try withTemporaryFolder { folder in
            var command = Command(in: folder)
            command.environment = ["TERM": "xterm", "HAR_DATA": "nowhere"]
            let outcome = try command.start([], terminal: PseudoTerminal(columns: 100)).end()
            #expect(outcome.errors.hasPrefix("training the study's CNN on UCI HAR; Ctrl-C stops and saves it"))
            let piped = try command.run([])
            #expect(piped.errors.hasPrefix("error: nowhere"))
        }
    }
}
