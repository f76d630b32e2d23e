import StrictJSON

extension Calibration {
    /// The expected error and the bins, as run.json keeps them: `{"expected_error": 0.03, "bins": [{"windows": 5, "correct": 4, "confidence":
    /// 0.83}, ...]}`.
    var json: JSON {
        [
            "expected_error": .number(expectedError),
            "bins": .array(
                bins.map { bin in
                    [
                        "windows": .integer(bin.rows), "correct": .integer(bin.correct),
                        "confidence": bin.rows == 0 ? .null : .number(bin.confidence),
                    ]
                }),
        ]
    }

    /// Reads what `json` gives.
    /// - Parameter rows: The windows that all bins together must have.
    /// - Throws: A `JSONFieldError` that names the field.
    init(_ json: JSON, context: String, rows: Int) throws(JSONFieldError) {
        var fields = try JSONFields(json, context: context)
        let entries = try fields.take("bins", as: [JSON].self)
        guard entries.count == Calibration.binCount else {
            throw fields.failure("bins", mustBe: "an array of \(Calibration.binCount) bins")
        }
        for (index, entry) in entries.enumerated() {
            var one = try JSONFields(entry, context: "\(context), bin \(index + 1)")
            let (count, correct) = (try one.take("windows", as: Int.self), try one.take("correct", as: Int.self))
            guard (0...rows).contains(count), (0...count).contains(correct) else {
                throw one.failure("correct", mustBe: "a number of the bin's windows, and those of all \(rows)")
            }
            let confidence = try one.takeIfPresent("confidence", as: Double.self) ?? 0
            guard (0...1).contains(confidence) else { throw one.failure("confidence", mustBe: "a number from 0 to 1") }
            bins[index] = Bin(rows: count, correct: correct, confidences: confidence * Double(count))
        }
        guard self.rows == rows else { throw fields.failure("bins", mustBe: "bins of \(rows) windows together") }
    }
}
