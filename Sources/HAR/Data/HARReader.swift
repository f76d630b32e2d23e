import Platform
import TimeSeries

/// Reads data sets in UCI HAR's layout, strictly: one error that names file, line and column, or all windows.
///
/// These are read, below a folder that holds `train` and `test`: the names of the classes (`activity_labels.txt`; UCI HAR's where it
/// is missing) and, for each half, the labels (`y_train.txt`), the volunteers
/// (`subject_train.txt`) and nine files of signals (`Inertial Signals/body_acc_x_train.txt` ...). Any number of windows is
/// right as long as the files agree.
public struct HARReader {
    /// Largest file that is read: 17 times the original's largest.
    static let fileLimit = 1 << 28

    private let folder: HARFolder
    private let format: WindowFormat
    private var table = NumberTable(limit: fileLimit, remedy: restore)

    /// Reads a data set from its text files.
    ///
    /// - Parameter path: a folder that holds `train` and `test`, or one that holds such a folder named `UCI HAR Dataset`.
    /// - Throws: `WindowError` if a file is missing, empty, unreadable or over 256 MB, files differ in length, a row has not exactly 128
    ///   values, a value is not a finite number, a label is none of the classes', a volunteer is outside 1...255 or in both halves.
    public static func read(_ path: String) throws(WindowError) -> Dataset {
        let folder = try HARFolder(at: path)
        var reader = HARReader(folder: folder, format: try folder.format())
        return try reader.read()
    }

    /// Reads a data set from a cache, or from its text files where it is not there.
    ///
    /// - Parameter path: As for `read`.
    /// - Returns: The data, equal to what `read` gives, and what the cache did.
    /// - Throws: As `read`. The cache itself causes no error.
    public static func read(
        _ path: String, cache: WindowCache
    ) throws(WindowError) -> (data: Dataset, outcome: WindowCache.Outcome) {
        let folder = try HARFolder(at: path)
        let format = try folder.format()
        return try cache.load(
            folder.files, name: "har", format: format, source: folder.source(format)
        ) { () throws(WindowError) in
            var reader = HARReader(folder: folder, format: format)
            let data = try reader.read()
            return (data, reader.contentHash)
        }
    }

    /// What the windows of a folder hold, without reading them.
    /// - Throws: A `WindowError` where no data set is there, or its file of names is wrong.
    public static func format(_ path: String) throws(WindowError) -> WindowFormat { try HARFolder(at: path).format() }

    /// Whether a folder's own file names its classes; otherwise they are taken for UCI HAR's.
    public static func namesClasses(_ path: String) -> Bool { (try? HARFolder(at: path).namesClasses) ?? false }

    /// Whether a folder, or `UCI HAR Dataset` in it, has a data set's halves, whatever these hold.
    public static func isMeant(by path: String) -> Bool { (try? HARFolder(at: path)) != nil }

    init(folder: HARFolder, format: WindowFormat) {
        self.folder = folder
        self.format = format
    }

    /// The hash of all files read so far.
    var contentHash: ContentHash { table.contentHash }

    mutating func read() throws(WindowError) -> Dataset {
        let train = try readHalf(.train)
        let test = try readHalf(.test)
        let trained = Set(train.groups)
        if let row = test.groups.firstIndex(where: trained.contains) {
            throw WindowError(
                file: folder.subjects(.test), line: row + 1, column: 1,
                message:
                    "volunteer \(test.groups[row]) is also in \(folder.subjects(.train)): nobody may be in both, or the test "
                    + "says nothing about strangers; restore both files")
        }
        return Dataset(checked: train, test: test, source: folder.source(format))
    }

    private mutating func readHalf(_ half: HARFolder.Half) throws(WindowError) -> WindowSet {
        let labels = try table.readColumn(folder.labels(half), range: 1...format.classes.count, name: "label")
        let subjects = try table.readColumn(folder.subjects(half), range: 1...255, name: "volunteer")
        guard subjects.count == labels.count else {
            throw lengthError(folder.subjects(half), rows: subjects.count, half: half, expected: labels.count)
        }
        var windows: [Float] = []
        for (channel, name) in UCIHAR.channels.enumerated() {
            let file = folder.signals(half, name)
            let rows = try table.readChannel(
                file, rows: labels.count, channel: channel, format: format, into: &windows)
            guard rows == labels.count else { throw lengthError(file, rows: rows, half: half, expected: labels.count) }
        }
        return WindowSet(checked: windows, labels: labels.map { $0 - 1 }, groups: subjects, format: format)
    }

    private func lengthError(_ file: String, rows: Int, half: HARFolder.Half, expected: Int) -> WindowError {
        WindowError(
            file: file, line: min(rows, expected) + 1,
            message:
                "\(NumberText.count(rows, "row")), but \(folder.labels(half)) has \(expected); each window has one row in every file: \(restore)"
        )
    }
}

/// What helps against every damaged file.
private let restore = "restore the file, or fetch the data set again with scripts/fetch-data.sh DIR"
