import ArgumentParser
import HAR
import Platform
import StrictJSON
import Training

/// Reads a data set and says what is in it.
struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data",
        abstract: "Check a data set and count its windows, or print one as CSV.",
        discussion: """
            EXAMPLES
              hartrain data
              hartrain data --data synthetic --json
              hartrain data --window 1 | hartrain predict --weights FILE -
            """)

    @OptionGroup var data: DataArguments
    @Flag(help: "Print one JSON object.")
    var json = false
    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Print this window, from 1, as the CSV that 'predict' reads.", valueName: "number"))
    var window: Int?
    @Option(help: "Which windows --window counts: test, train, or all (train, then test).")
    var part = DataPart.test

    func validate() throws {
        guard window == nil || !json else { throw ValidationError("--window prints CSV: leave out --json") }
    }

    func run() throws {
        let (data, note) = try data.load()
        if let window {
            try printWindow(window, of: data)
            return
        }
        try printResult(json ? jsonText(data) : text(data, note))
    }

    /// Prints the readings; whose they are goes to standard error.
    private func printWindow(_ number: Int, of data: HARData) throws {
        let halves = part.halves(of: data)
        let count = halves.reduce(0) { $0 + $1.recordings.count }
        guard count > 0, (1...count).contains(number) else {
            throw CommandError("--window must be 1 to \(count) for --part \(part.rawValue), not \(number)")
        }
        var index = number - 1
        guard
            let (name, recordings) = halves.first(where: { half in
                if index < half.recordings.count { return true }
                index -= half.recordings.count
                return false
            })
        else { return }
        let activity = UCIHAR.activities[Int(recordings.labels[index])]
        Terminal.write(
            "\(name) window \(index + 1): volunteer \(recordings.subjects[index]), \(activity)\n", to: .standardError)
        var text = ""
        for step in 0..<UCIHAR.windowLength {
            let start = index * UCIHAR.windowSize + step * UCIHAR.channelCount
            text += recordings.windows[start..<start + UCIHAR.channelCount].map(\.description).joined(separator: ",") + "\n"
        }
        try printResult(text)
    }

    private func text(_ data: HARData, _ note: String) -> String {
        var text = data.isSynthetic ? SyntheticHAR.notice + "\n" : ""
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
            "source": .string(DataSource.name(data)), "hash": .string(data.hash),
            "train": part(data.train), "test": part(data.test),
        ]
        return object.serialized() + "\n"
    }
}
