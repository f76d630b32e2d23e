import ArgumentParser
import HAR
import Layers
import Models
import Platform
import StrictJSON
import TimeSeries
import Training

/// Scores trained weights on data.
struct EvaluateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evaluate",
        abstract: "Score trained weights on the test windows: accuracy, loss, macro F1, class by class.",
        discussion: """
            EXAMPLES
              hartrain evaluate --weights Checkpoints/pretrained/cnn/best.safetensors
              hartrain evaluate --weights FILE --data Data --json
            """)

    @Option(
        name: [.long, .short],
        help: ArgumentHelp(
            "The weights: a .safetensors file written by hartrain, a run folder, or an s3:// place.", valueName: "place"))
    var weights: String
    @OptionGroup var data: DataArguments
    @Option(help: "The windows: test (volunteers never trained on), train (all 21 training volunteers) or all.")
    var part = DataPart.test
    @OptionGroup var threading: ThreadArguments
    @Flag(help: "Print one JSON object.")
    var json = false
    @OptionGroup(title: "Object store, for s3:// weights")
    var store: StoreArguments

    func run() throws {
        let checkpoint = try Weights(weights, store).checkpoint()
        try check(checkpoint)
        let (data, _) = try data.load()
        if let notice = data.source.notice { Terminal.write(notice + "\n", to: .standardError) }
        let pool = ThreadPool(threads: threading.count)
        let evaluator = Evaluator(checkpoint.model, standardization: checkpoint.standardization, pool: pool)
        var total: Evaluation?
        for (_, windows) in part.halves(of: data) {
            let scores = evaluator.evaluate(checkpoint.state, on: windows)
            total = total.map { $0.joined(with: scores) } ?? scores
        }
        guard let scores = total else { return }
        guard scores.loss.isFinite else {
            throw CommandError("\(weights): the loss on these windows is not a finite number: the weights are too large")
        }
        try printResult(json ? try jsonText(scores, checkpoint, data) : text(scores, checkpoint, data))
    }

    /// Checks that the weights take UCI HAR's windows and give its activities, by name: the order of either decides the answer.
    private func check(_ checkpoint: Checkpoint) throws {
        guard checkpoint.description.input == UCIHAR.format.shape else {
            throw CommandError(
                "\(weights): the model takes windows of \(checkpoint.description.input), UCI HAR's are \(UCIHAR.format.shape)")
        }
        for (noun, names, expected) in [
            ("channel", checkpoint.details.format.channels, UCIHAR.channels),
            ("class", checkpoint.details.format.classes, UCIHAR.activities),
        ] where names != expected {
            let place = zip(names, expected).enumerated().first { $1.0 != $1.1 }
            throw CommandError(
                place.map { index, pair in
                    "\(weights): \(noun) \(index + 1) is '\(JSON.excerpt(of: pair.0))', UCI HAR's is '\(pair.1)': "
                        + "these weights are for other data"
                } ?? "\(weights): \(names.count) \(noun) names, UCI HAR has \(expected.count): these weights are for other data")
        }
    }

    private func jsonText(_ scores: Evaluation, _ checkpoint: Checkpoint, _ data: Dataset) throws -> String {
        var object: JSONObject = [
            "model": .string(checkpoint.description.name), "part": .string(part.rawValue),
            "data": [
                "source": .string(data.source.name), "hash": .string(data.hash),
            ],
        ]
        for member in scores.json(classNames: checkpoint.details.format.classes).members { object.set(member.key, member.value) }
        return JSON.object(object).serialized() + "\n"
    }

    private func text(_ scores: Evaluation, _ checkpoint: Checkpoint, _ data: Dataset) -> String {
        let names = checkpoint.details.format.classes
        return "\(checkpoint.description.name) on \(scores.rows) windows of \(data.source) (\(part.rawValue)): accuracy "
            + "\(NumberText.fixed(scores.accuracy, 4)), loss \(NumberText.fixed(scores.loss, 4)), macro F1 "
            + "\(NumberText.fixed(scores.macroF1, 4))\n\n" + ScoreReport.classes(scores, names: names).text + "\n"
            + ScoreReport.confusion(scores, names: names).text
    }
}
