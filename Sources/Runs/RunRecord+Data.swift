import StrictJSON
import TimeSeries

extension RunRecord {
    /// The data and how its windows were divided.
    public struct Data: Equatable, Sendable {
        /// The data's name: "UCI HAR" or "synthetic".
        public var source: String
        /// Where the program found it, as a whole path, so that the run can be resumed or repeated; nil for data in memory.
        public var path: String?
        /// The SHA-256 of all windows, labels and groups.
        public var hash: String
        /// How the windows were divided and standardised.
        public var division: Division
        /// Windows learnt from.
        public var trainingWindows: Int
        /// Windows that decided which weights are best.
        public var validationWindows: Int
        /// Windows of groups never trained on.
        public var testWindows: Int

        /// A record of data that has been divided.
        public init(
            source: String, path: String? = nil, hash: String, division: Division, trainingWindows: Int, validationWindows: Int,
            testWindows: Int
        ) {
            self.source = source
            self.path = path
            self.hash = hash
            self.division = division
            self.trainingWindows = trainingWindows
            self.validationWindows = validationWindows
            self.testWindows = testWindows
        }
    }
}

extension RunRecord.Data {
    /// The data as run.json holds it.
    public var json: JSONObject {
        var object: JSONObject = [
            "source": .string(source), "path": path.map(JSON.string) ?? .null, "hash": .string(hash),
            "windows": [
                "train": .integer(trainingWindows), "validation": .integer(validationWindows), "test": .integer(testWindows),
            ],
        ]
        for member in division.json.members { object.set(member.key, member.value) }
        return object
    }

    init(json: JSON) throws(JSONFieldError) {
        var fields = try JSONFields(json, context: "data")
        var division = Division()
        try division.take(from: &fields)
        self.division = division
        hash = try fields.take("hash")
        source = try fields.take("source")
        path = try fields.takeIfPresent("path")
        var windows = try JSONFields(try fields.take("windows", default: JSON.object([:])), context: "data, windows")
        trainingWindows = try windows.take("train", default: 0)
        validationWindows = try windows.take("validation", default: 0)
        testWindows = try windows.take("test", default: 0)
    }
}
