import StrictJSON

extension WindowRanges {
    /// The ranges as a file holds them: for each statistic a list of pairs [least, largest], one for each channel.
    package var json: JSON {
        var object = JSONObject()
        for statistic in Statistic.allCases {
            object.set(
                statistic.rawValue, .array(self[statistic].map { [.float($0.lowerBound), .float($0.upperBound)] }))
        }
        return .object(object)
    }

    /// Reads ranges out of a file.
    /// - Parameters:
    ///   - channels: How many channels there must be.
    ///   - context: Whose field it is, as errors begin.
    /// - Throws: A `JSONFieldError` where a statistic is missing, or its ranges are not those of as many channels.
    package init(_ json: JSON, channels: Int, context: String) throws(JSONFieldError) {
        var fields = try JSONFields(json, context: context)
        func take(_ statistic: Statistic, atLeast least: Float = -.greatestFiniteMagnitude) throws(JSONFieldError)
            -> [ClosedRange<Float>]
        {
            let key = statistic.rawValue
            let pairs = try fields.take(key, as: [[Float]].self)
            guard pairs.count == channels, pairs.allSatisfy({ $0.count == 2 && least <= $0[0] && $0[0] <= $0[1] }) else {
                throw fields.failure(key, mustBe: "a pair [least, largest] for each of the \(channels) channels")
            }
            return pairs.map { $0[0]...$0[1] }
        }
        self.init(
            reading: try take(.reading), mean: try take(.mean), step: try take(.step, atLeast: 0),
            share: try take(.share, atLeast: 0))
        try fields.finish()
    }
}
