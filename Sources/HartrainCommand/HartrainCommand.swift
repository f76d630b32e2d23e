import CommandSupport
import ArgumentParser
import Glibc
import HAR
import Kernels
import Models
import Platform
import Training

#if Serve
    import ServeCommand
#endif

/// The root of the command line.
struct Hartrain: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hartrain",
        abstract: "Trains and runs small time-series models on the device: fast, deterministic, one binary.",
        discussion: """
            EXAMPLES
              hartrain --model cnn --epochs 1000 --batch 600
                  the study's CNN on UCI HAR (train is the default)
              hartrain --model lstm --epochs 15 --batch 1
                  the study's LSTM, one window at a time
              hartrain --data synthetic --epochs 20
                  no data at hand: generated windows
              hartrain evaluate --weights Checkpoints/pretrained/cnn/best.safetensors
              hartrain predict --weights Checkpoints/pretrained/cnn/best.safetensors \\
                  windows.csv

            EXIT CODES
              0 success; 1 error; 2 wrong use; 3 training diverged;
              128 + the signal's number after a signal, the run being saved:
              130 Ctrl-C, 143 SIGTERM, 129 SIGHUP (the terminal was closed)
            """,
        version: Program.version,
        subcommands: [
            TrainCommand.self, EvaluateCommand.self, PredictCommand.self, ExportCommand.self, ImportCommand.self,
            UploadCommand.self, DownloadCommand.self, BenchCommand.self, CompareCommand.self, ReportCommand.self,
            InfoCommand.self, DataCommand.self, serve,
        ],
        defaultSubcommand: TrainCommand.self)

    #if Serve
        private static let serve: any ParsableCommand.Type = ServeCommand.self
    #else
        private static let serve: any ParsableCommand.Type = MissingServeCommand.self
    #endif
}

/// What the process tells its caller.
enum ExitStatus: Int32 {
    case error = 1
    case usage = 2
    case diverged = 3

    /// After a signal: 128 and its number, as shells count.
    static func interrupted(by signal: Int32) -> Int32 { 128 + signal }
}

@main
enum Main {
    static func main() {
        MemoryLimit.shareArenas()
        MemoryLimit.explainRefusals()
        Interruption.tame()
        do {
            _ = try KernelSet.chosenByEnvironment()
            if let problem = CommandName.problem(Array(CommandLine.arguments.dropFirst()), known: commands) {
                Main.exit(saying: "\(problem) (see '\(Program.name) --help')", .usage)
            }
            if CommandLine.arguments.count == 1, Terminal.isTerminal(.standardError) {
                Terminal.write(
                    "training the study's CNN on UCI HAR; Ctrl-C stops and saves it, '\(Program.name) --help' says what else there is\n",
                    to: .standardError)
            }
            var command = try Hartrain.parseAsRoot()
            try command.run()
        } catch {
            Main.exit(after: error)
        }
    }

    /// Ends the process with the error's message and code: one line on standard error, help on standard output.
    private static func exit(after error: any Error) -> Never {
        if let interrupted = error as? Interrupted { Glibc.exit(ExitStatus.interrupted(by: interrupted.signal)) }
        let isOurs = error is CommandError || error is Divergence || error is KernelSetError
        guard !isOurs else {
            let options = error is Divergence ? " (--learning-rate, --clip-norm)" : ""
            Main.exit(saying: "\(error)\(options)", error is Divergence ? .diverged : error is CommandError ? .error : .usage)
        }
        switch Hartrain.exitCode(for: error) {
        case .success:
            Terminal.write(HelpText.ordered(Hartrain.fullMessage(for: error)) + "\n", to: .standardOutput)
            Glibc.exit(0)
        case .validationFailure:
            Main.exit(saying: usageMessage(for: error), .usage)
        default:
            Main.exit(saying: "\(error)", .error)
        }
    }

    private static func exit(saying message: String, _ status: ExitStatus) -> Never {
        Terminal.write("error: \(ErrorLine.text(message))\n", to: .standardError)
        Glibc.exit(status.rawValue)
    }

    private static let commands = Hartrain.configuration.subcommands.compactMap { $0.configuration.commandName }

    /// What is wrong with the arguments, and where the right ones are described: one line, as every error of the program.
    private static func usageMessage(for error: any Error) -> String {
        let message = Hartrain.message(for: error)
        // Later arguments may be values that are named as a command is.
        let first = CommandLine.arguments.dropFirst().first ?? ""
        let command = commands.contains(first) ? first : "train"
        return "\(message) (see '\(Program.name) \(command) --help')"
    }
}

/// The end of a run by a signal, after it has been saved.
struct Interrupted: Error {
    let signal: Int32
}
