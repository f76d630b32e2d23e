import HAR
import Layers
import ModelFiles
import Platform
import Training

/// What a run says of itself before it begins: program, machine, data, model, recipe and arguments.
enum RunHeader {
    static func text(_ record: RunRecord, model: Model, data: TrainingData, folder: String) -> String {
        let style = Style(.standardError)
        let machine = record.device.machine
        let shares = record.data.options
        let split = "\(shares.split.rawValue) \(NumberText.percent(shares.validationFraction))"
        var lines = [
            ("program", "\(Program.name) \(Program.version) (\(Program.compiler)), \(machine.architecture), \(machine.system)"),
            (
                "machine",
                "\(machine.cpu), \(machine.cores) \(machine.cores == 1 ? "core" : "cores"), \(NumberText.bytes(machine.memoryBytes)); \(record.device.kernels) kernels; "
                    + "\(record.device.blas), 1 thread in BLAS"
            ),
            (
                "data",
                "\(data.note); \(record.data.trainingWindows) training, \(record.data.validationWindows) validation (\(split)), "
                    + "\(record.data.testWindows) test windows; sha256 \(record.data.hash.prefix(16))"
            ),
            ("model", "\(record.description.name): \(ModelSummary.totals(model))"),
            ("recipe", recipe(record.recipe) + "; \(record.threads) \(record.threads == 1 ? "thread" : "threads")"),
            ("run", folder),
            ("arguments", record.arguments.joined(separator: " ")),
        ]
        if data.isSynthetic {
            lines.insert(
                ("", style.yellow("SYNTHETIC windows, not recordings of people: the scores say nothing about UCI HAR")), at: 3)
        }
        return lines.map { title, text in
            let space = String(repeating: " ", count: 10 - title.count)
            return style.dim(title) + space + text + "\n"
        }.joined()
    }

    /// "1000 epochs of batches of 600, adam, learning rate 0.0001, seed 0".
    private static func recipe(_ recipe: Recipe) -> String {
        var parts = [
            "\(recipe.epochs) \(recipe.epochs == 1 ? "epoch" : "epochs"), batch \(recipe.batch)",
            "\(recipe.optimizer.optimizer.name), learning rate \(NumberText.significant(recipe.learningRate))",
        ]
        switch recipe.schedule {
        case .constant: break
        case .step(let epochs, let factor): parts.append("times \(factor) every \(epochs) epochs")
        case .cosine(let warmup, _): parts.append("cosine" + (warmup > 0 ? " after \(warmup) epochs of warm-up" : ""))
        }
        switch recipe.clip {
        case .none: break
        case .value(let limit): parts.append("gradients clipped to ±\(limit)")
        case .norm(let limit): parts.append("gradient norm clipped to \(limit)")
        }
        if recipe.labelSmoothing > 0 { parts.append("label smoothing \(recipe.labelSmoothing)") }
        if recipe.classWeights != .none { parts.append("class weights") }
        if recipe.dropLast { parts.append("last batch dropped") }
        if let patience = recipe.patience { parts.append("patience \(patience)") }
        if let target = recipe.targetAccuracy { parts.append("target \(target)") }
        parts.append("seed \(recipe.seed)")
        return parts.joined(separator: ", ")
    }
}
