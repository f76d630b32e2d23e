import Memory

/// Operands whose shapes do not go together: which operation, which shapes, and what is wrong with them.
///
/// Thrown by every method that can meet one (`try a.matmul(b)`, `try a.adding(b)`). The operators and subscripts of `Tensor`
/// (`a + b`, `a[0, 1...]`) cannot throw and stop the program with the same text instead, as Swift's own operators do; use the
/// methods for shapes that come from outside the program.
public struct ShapeError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The operation as the message names it: "matmul", "reshape" ...
    public let operation: String
    /// The extents of the operands, or of the operand and of what was asked for (where -1 may stand).
    public let shapes: [[Int]]
    /// What exactly differs, or what to do instead.
    public let hint: String

    /// An error of an operation whose operands have these extents.
    public init(operation: String, shapes: [[Int]], hint: String) {
        self.operation = operation
        self.shapes = shapes
        self.hint = hint
    }

    init(_ operation: String, _ shapes: Shape..., hint: String) {
        self.init(operation: operation, shapes: shapes.map(\.dimensions), hint: hint)
    }

    /// "matmul: [2, 3] and [4, 5] do not fit: the inner extents 3 and 4 differ".
    public var description: String {
        guard !shapes.isEmpty else { return "\(operation): \(hint)" }
        let operands = shapes.map { "\($0)" }.joined(separator: " and ")
        return "\(operation): \(operands) \(shapes.count == 1 ? "does" : "do") not fit: \(hint)"
    }
}

/// The value of `body`; a shape error stops the program with its text, in release builds too (where `precondition` is silent).
func orTrap<Value>(_ body: () throws(ShapeError) -> Value) -> Value {
    do {
        return try body()
    } catch {
        fatalError(error.description)
    }
}
