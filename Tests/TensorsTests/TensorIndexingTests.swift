import Tensors
import Testing

@Suite struct TensorIndexingTests {
    @Test func elements() {
        let t = counting([2, 3, 4, 5])
        #expect(t[1, 2, 3, 4] == 119)
        #expect(t[1, 0, 2, 1] == 71)
        #expect(counting([2, 3, 4])[1, 2, 0] == 20)
        #expect(counting([2, 3])[1, 0] == 3)
        #expect(counting([7])[6] == 6)
    }

    @Test func settingElements() {
        var v = Tensor.zeros([3])
        v[2] = 5
        #expect(v == [0, 0, 5])
        var m = Tensor.zeros([2, 2])
        m[1, 0] = 1
        m[0, 1] += 2
        #expect(m == [[0, 2], [1, 0]])
        var c = Tensor.zeros([2, 2, 2])
        c[1, 0, 1] = 3
        #expect(c.values == [0, 0, 0, 0, 0, 3, 0, 0])
        var q = Tensor.zeros([2, 2, 2, 2])
        q[1, 0, 1, 0] = 4
        #expect(q.values.firstIndex(of: 4) == 10)
    }

    @Test func wrongIndicesStopTheProgramWithTheirReason() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let t = Tensor.zeros([2, 3])
            _ = t[1, -1] as Float
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("index: [2, 3] does not fit: index -1 of axis 1 is outside 0 ..< 3"))
    }

    @Test func tooFewIndicesStopTheProgram() async {
        await #expect(processExitsWith: .failure) { _ = Tensor.zeros([2, 3])[1] as Float }
    }

    @Test func ranges() {
        let t = counting([4, 5])
        #expect(t[1..<3, 0...] == [[5, 6, 7, 8, 9], [10, 11, 12, 13, 14]])
        #expect(t[1..<3] == t[1..<3, 0...])
        #expect(t[0..., 3...] == [[3, 4], [8, 9], [13, 14], [18, 19]])
        #expect(t[...1, ..<2] == [[0, 1], [5, 6]])
        #expect(t[2...2, 1...2] == [[11, 12]])
        #expect(t[4..., 0...].shape == [0, 5])
        #expect(t[0..., 2..<2].shape == [4, 0])
    }

    @Test func anIndexDropsItsAxis() {
        let t = counting([2, 3, 4])
        #expect(t[1, 0...] == counting([3, 4]) + 12)
        #expect(t[0..., 1, 0...] == [[4, 5, 6, 7], [16, 17, 18, 19]])
        #expect(t[0..., 2, 3] == [11, 23])
        let row: Tensor = counting([2, 3])[1]
        #expect(row == [3, 4, 5])
        let element: Tensor = counting([2, 3])[1, 1]
        #expect(element.shape == [])
        #expect(element.scalar == 4)
    }

    @Test func fourAxes() {
        let t = counting([2, 3, 4, 5])
        let part = t[1, 1..<3, 2..<4, 1..<4]
        #expect(part.shape == [2, 2, 3])
        for i in 0..<2 {
            for j in 0..<2 {
                for k in 0..<3 { #expect(part[i, j, k] == t[1, i + 1, j + 2, k + 1]) }
            }
        }
    }

    @Test func settingParts() {
        var t = Tensor.zeros([3, 4])
        t[1, 0...] = [1, 2, 3, 4]
        t[0..., 3...] = [[7], [8], [9]]
        #expect(t == [[0, 0, 0, 7], [1, 2, 3, 8], [0, 0, 0, 9]])
        t[1..., ..<2] = Tensor(5)
        #expect(t == [[0, 0, 0, 7], [5, 5, 3, 8], [5, 5, 0, 9]])
        t[0..<2, 0...] += [10, 20, 30, 40]
        #expect(t == [[10, 20, 30, 47], [15, 25, 33, 48], [5, 5, 0, 9]])
    }

    @Test func sliceAlongAnAxis() throws {
        let t = counting([2, 3, 2])
        #expect(try t.slice(axis: 1, range: 1..<3) == t[0..., 1..<3, 0...])
        #expect(try t.slice(axis: -1, range: 0..<1).shape == [2, 3, 1])
        expectShapeError("slice: [2, 3, 2] does not fit: 2 ..< 4 of axis 1 is outside 0 ..< 3") {
            () throws(ShapeError) in try t.slice(axis: 1, range: 2..<4)
        }
        expectShapeError("slice: [2, 3, 2] does not fit: -1 ..< 1 of axis 0 is outside 0 ..< 2") {
            () throws(ShapeError) in try t.slice(axis: 0, range: -1..<1)
        }
        expectShapeError("slice: [2, 3, 2] does not fit: axis 3 is outside -3 ... 2") {
            () throws(ShapeError) in try t.slice(axis: 3, range: 0..<1)
        }
    }

    @Test func partsOutsideStopTheProgram() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let t = Tensor.zeros([2, 3])
            _ = t[0..., 4...].count
        }
        let text = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(text.contains("slice: [2, 3] does not fit: 4 ..< 3 of axis 1 is outside 0 ..< 3"))
    }
}
