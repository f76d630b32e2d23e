import ArgumentParser
import CommandSupport
import Glibc
import Models
import Platform
import ServeCommand

/// The program `harfunction`: the server alone, small enough for a function.
@main
struct HarFunction: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "harfunction", abstract: ServeCommand.configuration.abstract,
        discussion: ServeCommand.configuration.discussion, version: Program.version)

    @OptionGroup var serve: ServeCommand

    func run() throws { try serve.run() }

    static func main() {
        MemoryLimit.shareArenas()
        MemoryLimit.explainRefusals()
        do {
            let command = try parse()
            try command.run()
        } catch {
            end(after: error)
        }
    }

    /// Ends the process as `hartrain` does: one line on standard error, help on standard output; exit code 2 for wrong use.
    private static func end(after error: any Error) -> Never {
        switch exitCode(for: error) {
        case .success:
            Terminal.write(HelpText.ordered(fullMessage(for: error)) + "\n", to: .standardOutput)
            Glibc.exit(0)
        case .validationFailure:
            fail("\(message(for: error)) (see 'harfunction --help')", 2)
        default: fail("\(error)", 1)
        }
    }

    private static func fail(_ message: String, _ status: Int32) -> Never {
        Terminal.write("error: \(ErrorLine.text(message))\n", to: .standardError)
        Glibc.exit(status)
    }
}
