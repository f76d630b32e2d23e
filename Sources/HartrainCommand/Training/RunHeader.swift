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
    static func text(_ record: RunRecord, model: Model, source: Dataset.Source, note: String, folder: String) -> String {
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
            ("recipe", recipe(record.recipe) + "; \(NumberText.count(record.threads ?? 1, "thread"))"),
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

    /// All of a recipe that is not its default: "1000 epochs, batch 600, adam, learning rate 0.0001, seed 0".
    private static func recipe(_ recipe: Recipe) -> String {
        var parts = ["\(NumberText.count(recipe.epochs, "epoch")), batch \(recipe.batch)"]
        if recipe.dropLast { parts.append("last batch dropped") }
        parts += optimizer(recipe.optimizer)
        parts.append("learning rate \(NumberText.significant(recipe.learningRate))")
        switch recipe.schedule {
        case .constant: break
        case .step(let epochs, let factor): parts.append("times \(factor) every \(NumberText.count(epochs, "epoch"))")
        case .cosine(let warmup, let floor):
            let end = floor > 0 ? " to \(floor) of it" : ""
            parts.append("cosine\(end)" + (warmup > 0 ? " after \(NumberText.count(warmup, "epoch")) of warm-up" : ""))
        }
        switch recipe.clip {
        case .none: break
        case .value(let limit): parts.append("gradients clipped to ±\(limit)")
        case .norm(let limit): parts.append("gradient norm clipped to \(limit)")
        }
        if recipe.labelSmoothing > 0 { parts.append("label smoothing \(recipe.labelSmoothing)") }
        switch recipe.classWeights {
        case .none: break
        case .balanced: parts.append("class weights balanced")
        case .values(let weights): parts.append("class weights \(weights.map(\.description).joined(separator: " "))")
        }
        if recipe.evaluateEvery != 1 { parts.append("evaluated every \(recipe.evaluateEvery) epochs") }
        if let patience = recipe.patience {
            parts.append("patience \(patience)" + (recipe.minimumDelta > 0 ? " for \(recipe.minimumDelta)" : ""))
        }
        if let target = recipe.targetAccuracy { parts.append("target \(target)") }
        parts.append("seed \(recipe.seed)")
        return parts.joined(separator: ", ")
    }

    private static func optimizer(_ choice: Recipe.OptimizerChoice) -> [String] {
        var parts = [choice.optimizer.name]
        func note(_ name: String, _ value: Double, unless standard: Double) {
            if value != standard { parts.append("\(name) \(NumberText.significant(value))") }
        }
        switch choice {
        case .sgd(let sgd):
            note(sgd.nesterov ? "Nesterov momentum" : "momentum", sgd.momentum, unless: 0)
            note("weight decay", sgd.weightDecay, unless: 0)
        case .adam(let adam):
            let standard = Adam()
            note("beta1", adam.beta1, unless: standard.beta1)
            note("beta2", adam.beta2, unless: standard.beta2)
            note("epsilon", adam.epsilon, unless: standard.epsilon)
            note("weight decay", adam.weightDecay, unless: 0)
        }
        return parts
    }
}
