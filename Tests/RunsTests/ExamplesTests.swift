import Layers
import Models
import Platform
import Runs
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
            let file = try ModelFile(reading: "\(root)/Examples/\(name)")
            #expect(file.description.name + ".json" == name)
            #expect(try Model(file.description, maximumRows: 1).classes == 6)
            try file.recipe(changing: recipe).validate(classes: 6)
        }
    }

    @Test func theReadmeShowsTheExampleAsItIs() throws {
        func text(_ path: String) throws -> String { String(decoding: try Files.read("\(root)/\(path)"), as: UTF8.self) }
        let block = try #require(
            try text("README.md").split(separator: "```json\n").dropFirst().first?.split(separator: "```").first)
        #expect(try String(block) == text("Examples/tiny-cnn.json"))
    }
}
