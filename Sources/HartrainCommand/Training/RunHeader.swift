import HAR
import Kernels
import Layers
import Models
import Platform
import Runs
import TimeSeries
import Training

/// What a run says of itself before it begins: program, machine, data, model, recipe and arguments.
enum RunHeader {
    /// - Parameter memory: The bytes that training takes beside the data.
    static func text(
        _ record: RunRecord, model: Model, memory: Int, source: Dataset.Source, note: String, folder: String
    ) -> String {
        let style = Style(.standardError)
        let machine = Machine.current()
        let division = record.data.division
        let split = "\(SplitName(division.split).rawValue) \(NumberText.percent(division.validationFraction))"
        var lines = [
            ("program", "\(Program.name) \(Program.version) (\(Program.compiler)), \(machine.architecture), \(machine.system)"),
            (
                "machine",
                "\(machine.cpu), \(NumberText.count(machine.cores, "core")), \(NumberText.bytes(machine.memoryBytes)); "
                    + "\(KernelSet.current) kernels"
            ),
            (
                "data",
                "\(source), \(note); \(record.data.trainingWindows) training, \(record.data.validationWindows) validation (\(split)), "
                    + "\(record.data.testWindows) test windows; sha256 \(record.data.hash.prefix(16))"
            ),
            ("model", "\(record.description.name): \(ModelSummary.totals(model))"),
            ("recipe", "\(record.recipe.words)\(clipped(record)); \(NumberText.count(record.threads ?? 1, "thread"))"),
            ("memory", "\(NumberText.bytes(memory)) beside program and data"),
            ("run", folder),
            ("arguments", record.arguments.joined(separator: " ")),
        ]
        if let notice = source.notice {
            lines.insert(
                ("", style.yellow("\(notice): the scores say nothing about UCI HAR")), at: 3)
        }
        return lines.map { title, text in
            let space = String(repeating: " ", count: 10 - title.count)
            return style.dim(title) + space + text + "\n"
        }.joined()
    }

    /// What there is to say where a batch of the recipe is more than there is.
    private static func clipped(_ record: RunRecord) -> String {
        let windows = record.data.trainingWindows
        return record.recipe.batch > windows ? "; a batch is all \(NumberText.count(windows, "window")) there are" : ""
    }
}
