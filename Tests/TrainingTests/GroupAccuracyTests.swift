import StrictJSON
import Testing

@testable import Training

@Suite struct GroupAccuracyTests {
    private static let groups: GroupAccuracy = {
        var groups = GroupAccuracy()
        for (group, correct) in [(7, 1), (2, 0), (7, 0), (2, 1), (2, 1)] { groups.add(group: Int32(group), correct: correct) }
        return groups
    }()

    @Test func groupsInTheirOrder() {
        let groups = GroupAccuracyTests.groups.groups
        #expect(groups.map(\.group) == [2, 7])
        #expect(groups.map(\.score.rows) == [3, 2])
        #expect(groups.map(\.score.correct) == [2, 1])
        #expect(groups[1].score.accuracy == 0.5)
    }

    @Test func sumsAndReset() {
        var sum = GroupAccuracyTests.groups
        sum.add(GroupAccuracyTests.groups)
        #expect(sum.groups.map(\.score.rows) == [6, 4])
        #expect(sum.groups.map(\.score.correct) == [4, 2])
        sum.reset()
        #expect(sum == GroupAccuracy())
    }

    @Test func aRecordGivesThemBack() throws {
        let json = GroupAccuracyTests.groups.json
        #expect(json.asArray?[0] == ["group": 2, "windows": 3, "correct": 2])
        #expect(try GroupAccuracy(json.asArray ?? [], context: "g", rows: 5) == GroupAccuracyTests.groups)
    }

    @Test(arguments: [
        (#"[{"group": 2, "windows": 5, "correct": 6}]"#, "'correct' must be"),
        (#"[{"group": 2, "windows": 6, "correct": 0}]"#, "'correct' must be"),
        (#"[{"group": 2, "windows": 0, "correct": 0}]"#, "'correct' must be"),
        (#"[{"group": 9999999999, "windows": 5, "correct": 0}]"#, "'group' must be a number of 32 bits"),
        (#"[{"group": 2, "windows": 4, "correct": 0}]"#, "has 4 windows together, not 5"),
        (#"[{"group": 2, "windows": 2, "correct": 0}, {"group": 2, "windows": 3, "correct": 0}]"#, "'group' must be"),
    ])
    func damageIsNamed(_ text: String, _ problem: String) throws {
        let entries = try #require(try JSON.parse(text).asArray)
        let error = #expect(throws: JSONFieldError.self) { _ = try GroupAccuracy(entries, context: "g", rows: 5) }
        #expect(error?.problem.hasPrefix(problem) == true, "\(String(describing: error))")
    }
}
