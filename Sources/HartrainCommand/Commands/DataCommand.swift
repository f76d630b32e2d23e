import CommandSupport
import ArgumentParser
import Platform
import StrictJSON
import TimeSeries

/// Reads a data set and says what is in it.
struct DataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data",
        abstract: "Check a data set and count its windows, or print one as CSV.",
        discussion: """
            Parsed text files are kept in ~/.cache/hartrain (or HARTRAIN_CACHE). All
            copies together take 1 GiB at most: when a new one is too much, the
            oldest go. --prune-cache does so now, to the size of --cache-limit; a
            copy that is being read and files of other names stay.

            EXAMPLES
              hartrain data
              hartrain data --data synthetic --json
              hartrain data --window 1 | hartrain predict --weights FILE -
              hartrain data --prune-cache --cache-limit 100MiB
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
    @Flag(help: "Remove the oldest parsed copies from the cache, and read no data.")
    var pruneCache = false
    @Option(
        help: ArgumentHelp("What --prune-cache leaves at most, such as 500MiB; 0: nothing. (default: 1GiB)", valueName: "size"),
        transform: ByteLimit.init)
    var cacheLimit: ByteLimit?

    func validate() throws {
        guard window == nil || !json else { throw ValidationError("--window prints CSV: leave out --json") }
        guard cacheLimit == nil || pruneCache else { throw ValidationError("--cache-limit needs --prune-cache") }
        guard !pruneCache || (window == nil && data.data == nil) else {
            throw ValidationError("--prune-cache reads no data: leave out --data and --window")
        }
    }

    func run() throws {
        if pruneCache {
            try prune()
            return
        }
        let (data, note) = try data.load()
        if let window {
            try printWindow(window, of: data)
            return
        }
        try printResult(json ? jsonText(data) : text(data, note))
    }

    /// Prunes the cache and says what was removed.
    private func prune() throws {
        guard let cache = WindowCache(environment: Environment.value) else {
            throw CommandError("there is no cache: neither HARTRAIN_CACHE nor XDG_CACHE_HOME nor HOME is set")
        }
        let limit = cacheLimit?.bytes ?? cache.limit
        let pruning = try cache.prune(to: limit)
        guard !json else {
            let object: JSON = [
                "folder": .string(cache.folder), "limit_bytes": .integer(limit),
                "removed_files": .integer(pruning.removedFiles), "removed_bytes": .integer(pruning.removedBytes),
                "kept_files": .integer(pruning.keptFiles), "kept_bytes": .integer(pruning.keptBytes),
            ]
            try printResult(object.serialized() + "\n")
            return
        }
        func text(_ files: Int, _ bytes: Int) -> String { "\(NumberText.count(files, "file")), \(NumberText.bytes(bytes))" }
        try printResult(
            "folder   \(cache.folder)\nremoved  \(text(pruning.removedFiles, pruning.removedBytes))\n"
                + "kept     \(text(pruning.keptFiles, pruning.keptBytes)); the limit is \(NumberText.bytes(limit))\n")
    }

    /// Prints the readings; whose they are goes to standard error.
    private func printWindow(_ number: Int, of data: Dataset) throws {
        let halves = part.halves(of: data)
        let count = halves.reduce(0) { $0 + $1.windows.count }
        guard count > 0, (1...count).contains(number) else {
            throw CommandError("--window must be 1 to \(count) for --part \(part.rawValue), not \(number)")
        }
        var index = number - 1
        guard
            let (name, windows) = halves.first(where: { half in
                if index < half.windows.count { return true }
                index -= half.windows.count
                return false
            })
        else { return }
        let activity = windows.format.classes[Int(windows.labels[index])]
        let notice = data.source.notice.map { $0 + "\n" } ?? ""
        Terminal.write(
            notice + "\(name) window \(index + 1): volunteer \(windows.groups[index]), \(activity)\n", to: .standardError)
        var text = ""
        let window = windows.window(index)
        let channels = windows.format.channels.count
        for step in 0..<windows.format.steps {
            text += (step * channels..<(step + 1) * channels).map { window[$0].description }.joined(separator: ",") + "\n"
        }
        try printResult(text)
    }

    private func text(_ data: Dataset, _ note: String) -> String {
        var text = data.source.notice.map { $0 + "\n" } ?? ""
        text += "source  \(data.source), \(note)\nsha256  \(data.hash)\n\n"
        var table = TextTable(["activity", "train", "test"])
        for (name, counts) in zip(data.format.classes, zip(data.train.classCounts, data.test.classCounts)) {
            table.add([name, String(counts.0), String(counts.1)])
        }
        table.add(["all", String(data.train.count), String(data.test.count)])
        text += table.text + "\n"
        for (name, part) in [("train", data.train), ("test", data.test)] {
            text += "\(name) volunteers  \(part.distinctGroups.map(String.init).joined(separator: " "))\n"
        }
        return text
    }

    private func jsonText(_ data: Dataset) -> String {
        func part(_ windows: WindowSet) -> JSON {
            var activities = JSONObject()
            for (name, count) in zip(windows.format.classes, windows.classCounts) { activities.set(name, .integer(count)) }
            return [
                "windows": .integer(windows.count), "activities": .object(activities),
                "volunteers": .array(windows.distinctGroups.map { .integer(Int($0)) }),
            ]
        }
        let object: JSON = [
            "source": .string(data.source.name), "hash": .string(data.hash),
            "train": part(data.train), "test": part(data.test),
        ]
        return object.serialized() + "\n"
    }
}
