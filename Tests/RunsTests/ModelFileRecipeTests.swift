import Models
import Platform
import Runs
import SmallModel
import Testing
import Training

/// What a model file says of its training.
@Suite struct ModelFileRecipeTests {
    private static func recipe(training: String) throws -> Recipe {
        try withTemporaryFolder { folder in
            let text = SmallModel.text.dropLast() + #", "training": \#(training)}"#
            try Files.writeAtomically(Array(text.utf8), to: folder + "/m.json")
            return try ModelFile(reading: folder + "/m.json").recipe(changing: TestRun.recipe)
        }
    }

    @Test func trainingChangesTheRecipe() throws {
        var expected = TestRun.recipe
        expected.epochs = 9
        expected.clip = .norm(2)
        #expect(try ModelFileRecipeTests.recipe(training: #"{"epochs": 9, "clip": {"by": "norm", "limit": 2}}"#) == expected)
        #expect(try ModelFileRecipeTests.recipe(training: "null") == TestRun.recipe)
    }

    @Test func whatIsWrongIsNamedWithItsPlace() throws {
        let error = try #require(throws: ModelFileError.self) {
            try ModelFileRecipeTests.recipe(training: #"{"epochz": 1}"#)
        }
        #expect(error.file.hasSuffix("/m.json"))
        #expect(error.reason.hasPrefix("training: unknown field 'epochz'"))
    }
}
