import ArgumentParser
import HAR
import Platform
import StrictJSON
import Training

/// Reads a data set and says what is in it.
struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data",
        abstract: "Check a data set and count its windows by activity and volunteer.",
        discussion: """
            EXAMPLES
              hartrain data
              hartrain data --data synthetic --json
            """)

    @OptionGroup var data: DataArguments
    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
        let (data, note) = try data.load()
        Terminal.write(json ? jsonText(data) : text(data, note), to: .standardOutput)
    }

    private func text(_ data: HARData, _ note: String) -> String {
        var text = data.isSynthetic ? "SYNTHETIC windows, not recordings of people\n" : ""
        text += "source  \(data.source), \(note)\nsha256  \(data.hash)\n\n"
        var table = TextTable(["activity", "train", "test"])
        for (index, name) in UCIHAR.activities.enumerated() {
            table.add([name, String(data.train.activityCounts[index]), String(data.test.activityCounts[index])])
        }
        table.add(["all", String(data.train.count), String(data.test.count)])
        text += table.text + "\n"
        for (name, part) in [("train", data.train), ("test", data.test)] {
            text += "\(name) volunteers  \(part.volunteers.map(String.init).joined(separator: " "))\n"
        }
        return text
    }

    private func jsonText(_ data: HARData) -> String {
        func part(_ recordings: Recordings) -> JSON {
            var activities = JSONObject()
            for (index, name) in UCIHAR.activities.enumerated() {
                activities.set(name, .integer(recordings.activityCounts[index]))
            }
            return [
                "windows": .integer(recordings.count), "activities": .object(activities),
                "volunteers": .array(recordings.volunteers.map { .integer(Int($0)) }),
            ]
        }
        let object: JSON = [
            "source": .string(TrainingData.sourceName(data)), "hash": .string(data.hash),
            "train": part(data.train), "test": part(data.test),
        ]
        return object.serialized() + "\n"
    }
}
