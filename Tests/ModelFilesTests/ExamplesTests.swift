import Layers
import ModelFiles
import Platform
import Testing
import Training

/// What the documentation shows must work.
@Suite struct ExamplesTests {
    private let recipe = Recipe(epochs: 1000, batch: 600, learningRate: 1e-4)

    /// The repository's folder, three above this file.
    private var root: String {
        #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
    }

    @Test func theExampleModelsBind() throws {
        let names = try Files.list(root + "/Examples").filter { $0.hasSuffix(".json") }
        #expect(!names.isEmpty)
        for name in names {
            let (description, recipe) = try ModelFile.read("\(root)/Examples/\(name)", recipe: recipe)
            #expect(description.name + ".json" == name)
            #expect(try Model(description, maximumRows: 1).classes == 6)
            try recipe.validate(classes: 6)
        }
    }

    @Test func theModelOfTheReadmeBinds() throws {
        let text = String(decoding: try Files.read(root + "/README.md"), as: UTF8.self)
        let block = try #require(text.split(separator: "```json\n").dropFirst().first?.split(separator: "```").first)
        try withTemporaryFolder { folder in
            try Files.writeAtomically(Array(block.utf8), to: folder + "/model.json")
            let (description, recipe) = try ModelFile.read(folder + "/model.json", recipe: recipe)
            #expect(try Model(description, maximumRows: 1).classes == 6)
            #expect(recipe.epochs == 60 && recipe.batch == 64 && recipe.learningRate == 1e-3)
        }
    }
}
