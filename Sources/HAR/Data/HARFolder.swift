import Platform
import TimeSeries

/// The folder of a data set in UCI HAR's layout, and the names of its files.
struct HARFolder {
    /// One of the two halves of the data set.
    enum Half: String, CaseIterable {
        case train
        case test
    }

    /// The folder that holds `train` and `test`.
    let root: String

    /// Finds the data set in a folder or in `UCI HAR Dataset` below it.
    ///
    /// - Throws: `WindowError` if neither holds `train` or `test`.
    init(at path: String) throws(WindowError) {
        let candidates = [path, HARFolder.join(path, "UCI HAR Dataset")]
        let found = candidates.first { folder in
            Half.allCases.contains { Files.isFolder(HARFolder.join(folder, $0.rawValue)) }
        }
        guard let found else {
            throw WindowError(
                file: path,
                message:
                    "there is no UCI HAR data here (no folder train or test in it or in \"UCI HAR Dataset\" below it): get it with "
                    + "scripts/fetch-data.sh")
        }
        root = found
    }

    /// What the windows hold: UCI HAR's readings, of the classes that the folder's own file names (UCI HAR's activities, where there
    /// is no such file).
    /// - Throws: A `WindowError` where the file names no classes.
    func format() throws(WindowError) -> WindowFormat {
        var format = UCIHAR.format
        if namesClasses { format.classes = try ActivityLabels.read(names) }
        return format
    }

    /// Whether the folder has a file of names for its classes.
    var namesClasses: Bool { Files.exists(names) }

    private var names: String { HARFolder.join(root, "activity_labels.txt") }

    /// What records and people call windows of a format in the folder.
    func source(_ format: WindowFormat) -> Dataset.Source {
        let name = format.classes == UCIHAR.activities ? "UCI HAR" : "recordings in UCI HAR's layout"
        return Dataset.Source(name: name, description: "\(name) (\(root))")
    }

    /// Activities, one label a line.
    func labels(_ half: Half) -> String { HARFolder.join(root, "\(half.rawValue)/y_\(half.rawValue).txt") }

    /// Volunteers, one number a line.
    func subjects(_ half: Half) -> String { HARFolder.join(root, "\(half.rawValue)/subject_\(half.rawValue).txt") }

    /// Readings of one channel, a window of 128 numbers a line.
    func signals(_ half: Half, _ channel: String) -> String {
        HARFolder.join(root, "\(half.rawValue)/Inertial Signals/\(channel)_\(half.rawValue).txt")
    }

    /// All 22 files in the order in which they are read.
    var files: [String] {
        Half.allCases.flatMap { half in
            [labels(half), subjects(half)] + UCIHAR.channels.map { signals(half, $0) }
        }
    }

    private static func join(_ folder: String, _ name: String) -> String {
        folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    }
}
