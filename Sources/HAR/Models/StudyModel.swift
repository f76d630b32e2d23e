import Layers
import Training

/// The four models of the study's HAR project (github.com/healthDataScience/deep-learning-HAR, as Trieu et al. use it), by name.
public enum StudyModel: String, CaseIterable, Sendable {
    case cnn
    case lstm
    case cnnLSTM = "cnn-lstm"
    case cnnInception = "cnn-inception"

    /// One sentence for help texts.
    public var summary: String {
        switch self {
        case .cnn: "four convolutions (18, 36, 72, 144 filters of 2 steps), each with ReLU and max-pooling"
        case .lstm: "a dense layer of 27 for each step, two LSTM layers of 27, the last step"
        case .cnnLSTM: "a convolution of 18 filters, then the LSTM model"
        case .cnnInception: "four convolutions with pooling, then an Inception block of four branches"
        }
    }

    /// The model for UCI HAR's windows and activities.
    public var description: ModelDescription { description(classes: UCIHAR.activities.count) }

    /// The model for windows of UCI HAR's shape.
    /// - Parameter classes: How many classes it tells apart.
    public func description(classes: Int) -> ModelDescription {
        ModelDescription(name: rawValue, input: UCIHAR.format.shape, network: Sequential(layers(classes: classes)))
    }

    private func layers(classes: Int) -> [any Layer] {
        switch self {
        case .cnn:
            return StudyModel.convolutions([18, 36, 72, 144]) + [Dropout(0.5), Flatten(), Dense(classes, name: "dense")]
        case .lstm:
            return [Dense(27, name: "input")] + StudyModel.recurrent(classes: classes)
        case .cnnLSTM:
            return [Conv1D(18, kernel: 2, padding: .same, name: "conv1"), ReLU(), Dense(27, name: "input")]
                + StudyModel.recurrent(classes: classes)
        case .cnnInception:
            return StudyModel.convolutions([18, 18, 36, 36]) + [
                Concatenate(StudyModel.inceptionBranches, name: "inception"), Dropout(0.5), Flatten(),
                Dense(classes, name: "dense"),
            ]
        }
    }

    /// Convolutions of 2 steps, each with ReLU and max-pooling that halves the steps.
    private static func convolutions(_ filters: [Int]) -> [any Layer] {
        filters.enumerated().flatMap { index, filters -> [any Layer] in
            [
                Conv1D(filters, kernel: 2, padding: .same, name: "conv\(index + 1)"), ReLU(name: "relu\(index + 1)"),
                MaxPool1D(2, padding: .same, name: "pool\(index + 1)"),
            ]
        }
    }

    private static func recurrent(classes: Int) -> [any Layer] {
        [LSTM(27, layers: 2, output: .last, dropout: 0.5, name: "lstm"), Dense(classes, name: "dense")]
    }

    private static var inceptionBranches: [Sequential] {
        [
            Sequential([Conv1D(36, kernel: 1, padding: .same), ReLU()]),
            Sequential([
                Conv1D(18, kernel: 1, padding: .same), ReLU(), Conv1D(36, kernel: 2, padding: .same), ReLU(),
            ]),
            Sequential([
                Conv1D(18, kernel: 1, padding: .same), ReLU(), Conv1D(36, kernel: 4, padding: .same), ReLU(),
            ]),
            Sequential([AveragePool1D(2, stride: 1, padding: .same), Conv1D(36, kernel: 1, padding: .same), ReLU()]),
        ]
    }

    /// The study's way of training: Adam at 1e-4, 1000 epochs, batches of 600; the LSTM's gradients limited to -1 ... 1.
    ///
    /// One window at a time ("unbatched"), the recurrent models take 1e-3 and a cosine instead: the study's 15 epochs are then enough,
    /// and the last ones settle what a constant rate leaves noisy.
    /// - Parameter batch: The windows of a step, where it is not to be 600.
    public func recipe(batch: Int?) -> Recipe {
        var recipe = Recipe(epochs: 1000, batch: batch ?? 600, learningRate: 1e-4)
        guard self == .lstm || self == .cnnLSTM else { return recipe }
        recipe.clip = .value(1)
        if recipe.batch == 1 {
            recipe.learningRate = 1e-3
            recipe.schedule = .cosine(warmup: 0, floor: 0)
        }
        return recipe
    }
}
