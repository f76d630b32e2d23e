import StrictJSON
import Testing

@testable import Training

@Suite struct CalibrationTests {
    private static func calibration(_ predictions: [(confidence: Double, isCorrect: Bool)]) -> Calibration {
        predictions.reduce(into: Calibration()) { $0.add(confidence: $1.confidence, isCorrect: $1.isCorrect) }
    }

    /// By hand: bin 5 (0.5 to 0.6) is right in 1 of 2 at 0.55, bin 9 in 3 of 3 at 0.97, so 2/5 x 0.05 + 3/5 x 0.03.
    @Test func expectedError() {
        let calibration = CalibrationTests.calibration([(0.52, true), (0.58, false), (0.95, true), (0.97, true), (0.99, true)])
        #expect(calibration.rows == 5)
        #expect(calibration.bins.map(\.rows) == [0, 0, 0, 0, 0, 2, 0, 0, 0, 3])
        #expect(calibration.bins.map(\.correct) == [0, 0, 0, 0, 0, 1, 0, 0, 0, 3])
        #expect(abs(calibration.bins[9].confidence - 0.97) < 1e-12)
        #expect(calibration.bins[5].accuracy == 0.5)
        #expect(abs(calibration.expectedError - 0.038) < 1e-12)
    }

    @Test func edges() {
        #expect(Calibration().expectedError == 0)
        // 1 belongs to the last bin; rounding may give a little more than 1, and a model that has diverged NaN.
        let calibration = CalibrationTests.calibration([(0, true), (1, true), (1.0000001, true), (.nan, false), (-1e-9, true)])
        #expect(calibration.bins.map(\.rows) == [3, 0, 0, 0, 0, 0, 0, 0, 0, 2])
        #expect(calibration.bins[9].confidence == 1)
    }

    @Test func sumsAndReset() {
        var sum = CalibrationTests.calibration([(0.52, true)])
        sum.add(CalibrationTests.calibration([(0.58, false), (0.05, false)]))
        #expect(sum == CalibrationTests.calibration([(0.52, true), (0.58, false), (0.05, false)]))
        sum.reset()
        #expect(sum == Calibration())
    }

    @Test func aRecordGivesItBack() throws {
        let calibration = CalibrationTests.calibration([(0.5, true), (0.75, false), (0.25, false)])
        let back = try Calibration(calibration.json, context: "c", rows: 3)
        #expect(back == calibration)
        #expect(calibration.json["bins"]?.asArray?[0] == ["windows": 0, "correct": 0, "confidence": nil])
    }

    @Test(arguments: [
        (#"{"bins": []}"#, "'bins' must be an array of 10 bins"),
        (bins(#"{"windows": 3, "correct": 4, "confidence": 0.5}"#), "'correct' must be"),
        (bins(#"{"windows": 4, "correct": 0, "confidence": 0.5}"#), "'correct' must be"),
        (bins(#"{"windows": 3, "correct": 0, "confidence": 1.5}"#), "'confidence' must be a number from 0 to 1"),
        (bins(#"{"windows": 2, "correct": 0, "confidence": 0.5}"#), "'bins' must be bins of 3 windows together"),
        (bins(#"{"windows": 3, "confidence": 0.5}"#), "'correct' is missing"),
    ])
    func damageIsNamed(_ text: String, _ problem: String) throws {
        let json = try JSON.parse(text)
        let error = #expect(throws: JSONFieldError.self) { _ = try Calibration(json, context: "c", rows: 3) }
        #expect(error?.problem.hasPrefix(problem) == true, "\(String(describing: error))")
    }

    private static func bins(_ first: String) -> String {
        #"{"bins": ["# + ([first] + Array(repeating: #"{"windows": 0, "correct": 0}"#, count: 9)).joined(separator: ",") + "]}"
    }
}
