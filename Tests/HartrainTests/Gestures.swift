import Hartrain

/// Windows of three made-up gestures, which a small model can learn: a class is a slope.
enum Gestures {
    static let format = WindowFormat(
        steps: 10, channels: ["ax", "ay", "az", "gx", "gy"], classes: ["rest", "wave", "shake"], rate: 25)

    static func windows(people: Range<Int>) throws -> WindowSet {
        var random = Random(seed: 3, stream: .synthesis)
        var values: [Float] = []
        var labels: [Int] = []
        var groups: [Int] = []
        for person in people {
            for window in 0..<15 {
                for step in 0..<10 {
                    for _ in 0..<5 { values.append(Float(window % 3 * step) + Float(random.uniform(-1, 1))) }
                }
                labels.append(window % 3)
                groups.append(person)
            }
        }
        return try WindowSet(values: values, labels: labels, groups: groups, format: format)
    }

    static let model = ModelDescription("gesture", input: format.shape) {
        Conv1D(8, kernel: 3)
        ReLU()
        Flatten()
        Dense(3)
    }
}
