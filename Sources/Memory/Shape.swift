/// The extents of a tensor: up to four dimensions, row-major, channels last ([batch, steps, channels]).
///
/// Four slots inline, so that a shape is a plain value: no allocation, `Sendable`, cheap to compare.
public struct Shape: Equatable, Hashable, Sendable {
    /// The largest rank a shape can have.
    public static let maximumRank = 4

    /// The number of dimensions, 0 (a scalar) to 4.
    public let rank: Int
    private let extents: (Int, Int, Int, Int)

    /// A shape with these extents.
    /// - Precondition: at most four extents, none negative, whose product fits in `Int`.
    public init(_ dimensions: [Int]) {
        precondition(
            dimensions.count <= Shape.maximumRank, "a shape has at most 4 dimensions, not \(dimensions.count): \(dimensions)")
        precondition(dimensions.allSatisfy { $0 >= 0 }, "a shape has no negative extent: \(dimensions)")
        rank = dimensions.count
        func extent(_ axis: Int) -> Int { axis < dimensions.count ? dimensions[axis] : 1 }
        extents = (extent(0), extent(1), extent(2), extent(3))
    }

    /// A shape with these extents: `Shape(128, 9)`.
    public init(_ dimensions: Int...) {
        self.init(dimensions)
    }

    /// The extent of a dimension, 0 ..< rank.
    public subscript(axis: Int) -> Int {
        precondition(axis >= 0 && axis < rank, "axis \(axis) of the shape \(self) does not exist")
        switch axis {
        case 0: return extents.0
        case 1: return extents.1
        case 2: return extents.2
        default: return extents.3
        }
    }

    /// The number of elements: the product of the extents, 1 for a scalar.
    public var count: Int { extents.0 * extents.1 * extents.2 * extents.3 }

    /// The extents as an array.
    public var dimensions: [Int] { (0..<rank).map { self[$0] } }

    /// The same extents in the opposite order.
    public var reversed: Shape { Shape(dimensions.reversed()) }

    public static func == (a: Shape, b: Shape) -> Bool { a.rank == b.rank && a.extents == b.extents }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(dimensions)
    }
}

extension Shape: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: Int...) {
        self.init(elements)
    }
}

extension Shape: CustomStringConvertible {
    public var description: String { "[" + dimensions.map(String.init).joined(separator: ", ") + "]" }
}
