import ArgumentParser
import HAR
import Layers
import ModelFiles
import Platform
import StrictJSON
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
        name: [.long, .short], help: ArgumentHelp("The weights: a .safetensors file written by hartrain.", valueName: "file"))
    var weights: String
    @OptionGroup var data: DataArguments
    @Option(help: "The windows: test (volunteers never trained on), train (all 21 training volunteers) or all.")
    var part = DataPart.test
    @OptionGroup var threading: ThreadArguments
    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let checkpoint = try Checkpoint(reading: weights)
        guard checkpoint.description.input == UCIHAR.window, checkpoint.details.classNames == UCIHAR.activities else {
            throw CommandError(
                "\(weights) takes windows of \(checkpoint.description.input) and knows \(checkpoint.details.classNames.count) classes: "
                    + "it does not fit UCI HAR")
        }
        let (data, _) = try data.load()
        if data.isSynthetic { Terminal.write(SyntheticHAR.notice + "\n", to: .standardError) }
        let pool = ThreadPool(threads: threading.count)
        let evaluator = Evaluator(checkpoint.model, state: checkpoint.state, pool: pool)
        var total: Evaluation?
        for (_, recordings) in part.halves(of: data) {
            let rows = Array(0..<recordings.count)
            let scores = evaluator.evaluate(TrainingData.dataset(recordings, rows: rows, checkpoint.standardization))
            total = total.map { $0.joined(with: scores) } ?? scores
        }
        guard let scores = total else { return }
        try printResult(json ? try jsonText(scores, checkpoint, data) : text(scores, checkpoint, data))
    }

    private func jsonText(_ scores: Evaluation, _ checkpoint: Checkpoint, _ data: HARData) throws -> String {
        var object: JSONObject = [
            "model": .string(checkpoint.description.name), "part": .string(part.rawValue),
            "data": [
                "source": .string(DataSource.name(data)), "hash": .string(data.hash),
            ],
        ]
        for member in scores.json(classNames: checkpoint.details.classNames).members { object.set(member.key, member.value) }
        return JSON.object(object).serialized() + "\n"
    }

    private func text(_ scores: Evaluation, _ checkpoint: Checkpoint, _ data: HARData) -> String {
        let names = checkpoint.details.classNames
        return "\(checkpoint.description.name) on \(scores.rows) windows of \(data.source) (\(part.rawValue)): accuracy "
            + "\(NumberText.fixed(scores.accuracy, 4)), loss \(NumberText.fixed(scores.loss, 4)), macro F1 "
            + "\(NumberText.fixed(scores.macroF1, 4))\n\n" + ScoreReport.classes(scores, names: names) + "\n"
            + ScoreReport.confusion(scores, names: names)
    }
}
