import Memory
import Tensors
import Testing

@Suite struct BroadcastingTests {
    @Test(
        arguments: [
            ([2, 3], [2, 3], [2, 3]), ([2, 3], [], [2, 3]), ([], [4], [4]), ([2, 3], [3], [2, 3]), ([2, 1], [3], [2, 3]),
            ([2, 1, 4], [3, 1], [2, 3, 4]), ([5, 1, 1, 2], [3, 4, 1], [5, 3, 4, 2]), ([0], [1], [0]), ([2, 0], [1, 1], [2, 0]),
        ] as [([Int], [Int], [Int])])
    func broadcasting(a: [Int], b: [Int], expected: [Int]) throws {
        #expect(try Shape(a).broadcast(with: Shape(b)).dimensions == expected)
        #expect(try Shape(b).broadcast(with: Shape(a)).dimensions == expected)
    }

    @Test(
        arguments: [
            ([2, 3], [4], "[2, 3] and [4] do not fit: the extents 3 and 4 differ and neither is 1"),
            ([4], [2, 3], "[4] and [2, 3] do not fit: the extents 4 and 3 differ and neither is 1"),
            ([2, 3], [3, 3], "[2, 3] and [3, 3] do not fit: the extents 2 and 3 differ and neither is 1"),
            ([0], [2], "[0] and [2] do not fit: the extents 0 and 2 differ and neither is 1"),
        ] as [([Int], [Int], String)])
    func broadcastingThatFails(a: [Int], b: [Int], text: String) {
        expectShapeError("test: " + text) { () throws(ShapeError) in try Shape(a).broadcast(with: Shape(b), operation: "test") }
    }
}
