#if !Serve
    import ArgumentParser
    import CommandSupport

    /// Says how the server is to be had, where the program was built without it.
    struct MissingServeCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "serve",
            abstract: "Serve models over HTTP. (needs a build with --traits Serve)",
            discussion: """
                This program was built without the server, since a web framework takes longer
                to build than all of hartrain. Either of these has it:

                  swift build -c release --product hartrain --traits Serve
                  swift build -c release --product harfunction
                """)

        @Argument(parsing: .allUnrecognized, help: ArgumentHelp("The server's options.", visibility: .hidden))
        var options: [String] = []

        func run() throws {
            throw CommandError(
                "this program was built without the server: build it with --traits Serve, or build 'harfunction', the server alone "
                    + "(see 'hartrain serve --help')")
        }
    }
#endif
