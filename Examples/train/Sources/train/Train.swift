import Hartrain

/// Trains on arrays: five channels of two sensors at 25 Hz, three gestures, six people.
@main enum Train {
    static let format = WindowFormat(
        steps: 50, channels: ["ax", "ay", "az", "gx", "gy"], classes: ["rest", "wave", "shake"], rate: 25)

    static func main() throws {
        let windows = try recordings(people: 0..<6)
        let (training, validation) = try windows.split(.groups)
        let model = ModelDescription("gesture", input: format.shape) {
            Conv1D(16, kernel: 3)
            ReLU()
            Flatten()
            Dense(3)
        }
        let recipe = Recipe(epochs: 10, batch: 32, learningRate: 1e-3)
        let trainer = try Trainer(model, recipe: recipe, training: training, validation: validation)
        try trainer.fit { event in
            guard case .epochEnded(let epoch) = event, let scores = epoch.validation else { return .continue }
            print("epoch \(epoch.epoch): validation accuracy \(scores.accuracy)")
            return scores.accuracy > 0.995 ? .stop : .continue
        }
        print("a person never seen: accuracy", try trainer.evaluate(recordings(people: 6..<7)).accuracy)
        try trainer.best.write(to: "gesture.safetensors")
    }

    /// Made-up recordings; yours come from your sensors.
    static func recordings(people: Range<Int>) throws -> WindowSet {
        var (values, labels, groups, random) = ([Float](), [Int](), [Int](), SystemRandomNumberGenerator())
        for person in people {
            for window in 0..<60 {
                let label = window % 3
                for step in 0..<50 * 5 {
                    values.append(Float(step % (4 + label)) * Float(label) + .random(in: -1...1, using: &random))
                }
                (labels, groups) = (labels + [label], groups + [person])
            }
        }
        return try WindowSet(values: values, labels: labels, groups: groups, format: format)
    }
}
