import ArgumentParser
import HAR

/// Which model.
struct ModelArguments: ParsableArguments {
    @Option(
        name: [.customLong("model"), .customShort("m")],
        help: ArgumentHelp(
            "The model: \(StudyModel.allCases.map(\.rawValue).joined(separator: ", ")), or a JSON file that describes one. "
                + "(default: cnn)", valueName: "name|file.json"))
    var name: String?
}
