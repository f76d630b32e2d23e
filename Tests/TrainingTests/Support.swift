import Layers
import Memory
import Platform
import TimeSeries

@testable import Training

/// Rows that a small model can learn: each class is noise around a wave of its own.
func waves(
    rows: Int, steps: Int = 8, channels: Int = 3, classes: Int = 3, groups: Int = 0, seed: UInt64 = 1
) -> WindowSet {
    var random = Random(seed: seed, stream: .synthesis)
    var values: [Float] = []
    let labels = (0..<rows).map { $0 % classes }
    for label in labels {
        for step in 0..<steps {
            for channel in 0..<channels {
                let rises = (step + channel) % (label + 2) == 0
                values.append((rises ? 1 : 0) + Float(random.uniform(-0.3, 0.3)))
            }
        }
    }
    do {
        return try WindowSet(
            values: values, labels: labels, groups: groups == 0 ? nil : (0..<rows).map { $0 * 7 % groups },
            format: WindowFormat(steps: steps, channels: channels, classes: classes))
    } catch {
        fatalError("\(error)")
    }
}

/// A small model with every kind of layer whose result could depend on how a batch is dealt to threads.
let mixed = ModelDescription(
    name: "mixed", input: [8, 3],
    network: Sequential {
        Conv1D(6, kernel: 2, padding: .same)
        BatchNorm1D()
        ReLU()
        MaxPool1D(2)
        LSTM(5, layers: 2, output: .sequence, dropout: 0.3)
        Dropout(0.25)
        Flatten()
        Dense(3)
    })

/// The smallest model that learns `waves`.
let linear = ModelDescription(
    name: "linear", input: [8, 3],
    network: Sequential {
        Flatten()
        Dense(3)
    })

/// All values of an arena, to be compared bit by bit.
func bits(_ arena: Arena) -> [UInt32] {
    let span = arena.read(arena.all)
    return span.indices.map { span[$0].bitPattern }
}

/// All that training changes.
struct Outcome: Equatable {
    let weights: [UInt32]
    let statistics: [UInt32]
    let optimizerState: [UInt32]
    let best: [UInt32]
    let progress: TrainingProgress

    init(_ trainer: Trainer) {
        weights = bits(trainer.step.state.weights)
        statistics = bits(trainer.step.state.statistics)
        optimizerState = bits(trainer.step.optimizerState)
        best = bits(trainer.bestState.weights)
        var progress = trainer.progress
        // Times are the only thing that two equal runs do not share.
        progress.trainingSeconds = 0
        progress.evaluationSeconds = 0
        progress.secondsToAccuracy = progress.secondsToAccuracy.map { $0.map { _ in 0 } }
        self.progress = progress
    }
}
