import CommandSupport
import ArgumentParser
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
            Windows that are far from those of the training (other units, another order
            of channels, already standardised) cause a warning before the scores, with
            --strict an error instead of them.

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
    @OptionGroup var ranges: RangeArguments
    @OptionGroup(title: "Object store, for s3:// weights")
    var store: StoreArguments

    func run() throws {
        let checkpoint = try Weights(weights, store).checkpoint()
        let (data, _) = try data.load()
        if let notice = data.source.notice { Terminal.write(notice + "\n", to: .standardError) }
        let pool = ThreadPool(threads: threading.count)
        let evaluator = Evaluator(checkpoint.model, standardization: checkpoint.standardization, pool: pool)
        var total: Evaluation?
        let format = checkpoint.details.format
        let parts = try part.halves(of: data).map { name, windows in (name, try matched(windows, format, data.source)) }
        try checkRanges(parts.map(\.1), checkpoint.details)
        for (name, matched) in parts {
            do throws(WindowError) {
                let scores = try evaluator.scores(checkpoint.state, on: matched, part: name)
                total = total.map { $0.joined(with: scores) } ?? scores
            } catch {
                throw CommandError("\(weights): \(error)")
            }
        }
        guard let scores = total else { return }
        if data.format.classes != format.classes {
            Terminal.write(
                "note: the data numbers its classes in another order than the weights; they are matched by name\n",
                to: .standardError)
        }
        try printResult(json ? try jsonText(scores, checkpoint, data) : text(scores, checkpoint, data))
    }

    /// Windows by the names that the weights know: the order of channels and classes decides the answer.
    private func matched(_ windows: WindowSet, _ format: WindowFormat, _ source: Dataset.Source) throws -> WindowSet {
        do throws(WindowError) {
            return try windows.labelled(as: format)
        } catch {
            throw CommandError("\(weights): these weights are for other data than \(source.name): there \(error.message)")
        }
    }

    /// Warns of windows that are far from those of the training, or refuses them, before any is scored.
    private func checkRanges(_ parts: [WindowSet], _ details: Checkpoint.Details) throws {
        guard let known = try ranges.ranges(of: details, weights) else { return }
        var first: WindowRanges.Departure?
        var count = 0
        for windows in parts {
            for index in 0..<windows.count {
                guard let departure = known.departure(of: windows.window(index)) else { continue }
                first = first ?? departure
                count += 1
            }
        }
        guard let first else { return }
        let all = parts.reduce(0) { $0 + $1.count }
        try ranges.report(
            "\(count) of \(all) windows are far from those that \(weights) was trained on; of the first", first, details.format)
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
        return
            "\(checkpoint.description.name) on \(NumberText.count(scores.rows, "window")) of \(data.source) (\(part.rawValue)): accuracy "
            + "\(NumberText.fixed(scores.accuracy, 4)), loss \(NumberText.fixed(scores.loss, 4)), macro F1 "
            + "\(NumberText.fixed(scores.macroF1, 4))\n\n" + ScoreReport.classes(scores, names: names).text + "\n"
            + ScoreReport.confusion(scores, names: names).text
    }
}
