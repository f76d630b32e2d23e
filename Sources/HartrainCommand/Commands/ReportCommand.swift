import ArgumentParser
import CommandSupport
import Models
import Platform
import Reports
import TimeSeries

/// Makes a page of pictures from runs, benchmarks, load tests and recordings.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Make a page of pictures from runs, benchmarks, load tests or recordings.",
        discussion: """
            Writes one HTML page that needs nothing else: no script, no other file. It
            shows whatever it is given, recognised by content:

              a run folder, or its run.json   curves, confusions, confidence, groups;
                                              of several, what differs
              a file of 'bench --save'        times and shares of the machine's limit
              JMeter's logs (*.jtl), or a     response times, success and pods by
              folder that holds some          users
              what wrk printed                latency and requests by connections
              a recording, with --weights     channels and answers over time

            EXAMPLES
              hartrain report Checkpoints/cnn-1 --out cnn.html
              hartrain report Checkpoints/cnn-1 Checkpoints/lstm-1 --out both.html
              hartrain report laptop.json pi.json --out bench.html
              hartrain report results/ --out load.html
              hartrain report walk.csv --weights Checkpoints/cnn-1 --out walk.html
            """)

    @Option(help: ArgumentHelp("The page to write, or - for standard output.", valueName: "page.html"))
    var out: String
    @Option(help: ArgumentHelp("The page's title.", valueName: "text"))
    var title: String?
    @Option(
        name: [.long, .short],
        help: ArgumentHelp(
            "What answers to recordings: a .safetensors file written by hartrain, a run folder, or an s3:// place.",
            valueName: "place"))
    var weights: String?
    @OptionGroup(title: "Object store, for s3:// weights")
    var store: StoreArguments
    @Argument(help: ArgumentHelp("What to show.", valueName: "input"))
    var inputs: [String]

    func run() throws {
        var report = Report()
        var recordings: [String] = []
        for input in inputs where try !report.add(input) { recordings.append(input) }
        if !recordings.isEmpty {
            guard let weights else {
                throw CommandError(
                    "\(recordings[0]) is no run, benchmark or load test; if it is a recording, say what answers to it: --weights PLACE"
                )
            }
            let read = try Weights(weights, store)
            try report.note([read.source])
            let checkpoint = try read.checkpoint()
            let session = try InferenceSession(checkpoint)
            for recording in recordings {
                try report.note([recording])
                report.add(try section(recording, checkpoint, session))
            }
        } else if weights != nil {
            throw CommandError("--weights is for recordings, and none of the inputs is one")
        }
        if out != "-" { try report.check(output: out) }
        let html = try report.page(title: title).html
        if out == "-" {
            try printResult(html)
        } else {
            try Files.writeAtomically(Array(html.utf8), to: out)
            try printResult(out + "\n")
        }
    }

    private func section(
        _ place: String, _ checkpoint: Checkpoint, _ session: InferenceSession
    ) throws -> RecordingSection {
        let reader = try WindowReader(place, format: session.format)
        let size = session.format.shape.count
        var (windows, predictions): ([Float], [Prediction]) = ([], [])
        var warning: String?
        while let more = try reader.next() {
            for first in stride(from: 0, to: more.count, by: size) {
                let window = Array(more[first..<first + size])
                if warning == nil, let departure = checkpoint.details.ranges?.departure(of: window.span) {
                    warning = "window \(predictions.count + 1): \(departure.text(session.format))"
                }
                do throws(WindowError) {
                    predictions += try session.predict(window)
                } catch {
                    throw CommandError("\(place), window \(predictions.count + 1): \(error.message)")
                }
                windows += window
            }
        }
        guard !predictions.isEmpty else { throw CommandError("\(place): there is no window in it") }
        return RecordingSection(
            name: place.split(separator: "/").last.map(String.init) ?? place, format: session.format, windows: windows,
            predictions: predictions, warning: warning)
    }
}
