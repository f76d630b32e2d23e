import StrictJSON

extension GroupAccuracy {
    /// The groups with their scores, as run.json keeps them: `[{"group": 2, "windows": 302, "correct": 290}, ...]`.
    var json: JSON {
        .array(
            groups.map { group, score in
                ["group": .integer(group), "windows": .integer(score.rows), "correct": .integer(score.correct)]
            })
    }

    /// Reads what `json` gives.
    /// - Parameter rows: The windows that all groups together must have.
    /// - Throws: A `JSONFieldError` that names the field.
    init(_ entries: [JSON], context: String, rows: Int) throws(JSONFieldError) {
        self.init()
        var total = 0
        for entry in entries {
            var one = try JSONFields(entry, context: context)
            let group = try one.take("group", as: Int.self)
            let (count, correct) = (try one.take("windows", as: Int.self), try one.take("correct", as: Int.self))
            guard let number = Int32(exactly: group) else { throw one.failure("group", mustBe: "a number of 32 bits") }
            guard !groups.contains(where: { $0.group == group }) else {
                throw one.failure("group", mustBe: "there once")
            }
            guard (1...max(1, rows)).contains(count), (0...count).contains(correct) else {
                throw one.failure("correct", mustBe: "a number of the group's windows, and those of all \(rows)")
            }
            add(group: number, rows: count, correct: correct)
            total += count
        }
        guard total == rows else {
            throw JSONFieldError(context: context, problem: "has \(total) windows together, not \(rows)")
        }
    }
}
