import Memory

/// Where the elements of an operand stand in a row-major buffer, seen through exactly four axes.
///
/// Lower ranks get leading axes of extent 1. A stride of 0 repeats an element (broadcasting); permuted strides transpose; a start
/// and smaller extents slice. Every operation that is not plain row-major is a walk over one or two layouts (`ElementRuns`).
struct ElementLayout {
    /// The place of the first element.
    var start = 0
    var extents: SIMD4<Int>
    /// The distance in floats between neighbours along each axis.
    var strides: SIMD4<Int>

    /// The row-major layout of a tensor of this shape.
    init(_ shape: Shape) {
        extents = SIMD4(repeating: 1)
        strides = SIMD4(repeating: 1)
        var stride = 1
        for axis in (0..<shape.rank).reversed() {
            let slot = ElementLayout.slot(axis, rank: shape.rank)
            extents[slot] = shape[axis]
            strides[slot] = stride
            stride *= shape[axis]
        }
    }

    /// Where axis 0 ..< rank stands among the four.
    static func slot(_ axis: Int, rank: Int) -> Int { axis + Shape.maximumRank - rank }

    /// The layout stretched to a shape that it broadcasts to.
    func stretched(to shape: Shape) -> ElementLayout {
        let wanted = ElementLayout(shape).extents
        var result = self
        result.extents = wanted
        result.strides.replace(with: 0, where: (extents .== 1) .& (wanted .!= 1))
        return result
    }
}

/// The runs of a walk over two layouts of equal extents, in row-major order: where each begins in either buffer.
///
/// Axes that lie behind one another in both buffers are walked as one, so equal shapes are a single run and the loops inside a run
/// are long enough to vectorise.
struct ElementRuns: Sequence, IteratorProtocol {
    /// The elements of every run.
    private(set) var length = 1
    /// The distance between neighbours of a run in the first and in the second buffer.
    private(set) var firstStride = 1, secondStride = 1

    private var first: Int, second: Int
    private var remaining = 1
    private var extents = SIMD4<Int>(repeating: 1)
    private var firstStrides = SIMD4<Int>(repeating: 0), secondStrides = SIMD4<Int>(repeating: 0)
    private var index = SIMD4<Int>(repeating: 0)

    init(_ a: ElementLayout, _ b: ElementLayout) {
        first = a.start
        second = b.start
        var level = -1  // 0 is the run itself, 1 the loop around it ...
        for axis in (0..<Shape.maximumRank).reversed() where a.extents[axis] != 1 {
            if level >= 0, a.strides[axis] == firstStrides[level] * extents[level],
                b.strides[axis] == secondStrides[level] * extents[level]
            {
                extents[level] *= a.extents[axis]
            } else {
                level += 1
                extents[level] = a.extents[axis]
                firstStrides[level] = a.strides[axis]
                secondStrides[level] = b.strides[axis]
            }
        }
        if level >= 0 {
            length = extents[0]
            firstStride = firstStrides[0]
            secondStride = secondStrides[0]
        }
        remaining = length == 0 ? 0 : extents[1] * extents[2] * extents[3]
    }

    mutating func next() -> (first: Int, second: Int)? {
        guard remaining > 0 else { return nil }
        remaining -= 1
        let run = (first, second)
        for level in 1..<Shape.maximumRank {
            index[level] += 1
            first += firstStrides[level]
            second += secondStrides[level]
            if index[level] < extents[level] { break }
            first -= firstStrides[level] * extents[level]
            second -= secondStrides[level] * extents[level]
            index[level] = 0
        }
        return run
    }
}

/// Copies the elements of one layout, in row-major order, to the places of another of equal extents.
@_lifetime(destination: copy destination)
func copyElements(
    _ source: Span<Float>, _ from: ElementLayout, to destination: inout MutableSpan<Float>, _ into: ElementLayout
) {
    let runs = ElementRuns(from, into)
    for (first, second) in runs {
        if runs.firstStride == 1 && runs.secondStride == 1 {
            let row = source.extracting(first..<first + runs.length)
            for i in 0..<runs.length { destination[second + i] = row[i] }
        } else {
            for i in 0..<runs.length {
                destination[second + i * runs.secondStride] = source[first + i * runs.firstStride]
            }
        }
    }
}
