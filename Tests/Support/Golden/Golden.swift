import Memory
import TensorFiles

/// A file of values that another framework computed, with the script that made it beside it.
///
/// Its tensors are in PyTorch's layout: [batch, channels, steps] for sequences, state_dict layout for weights.
public struct Golden: Sendable {
    public let file: SafetensorsFile

    /// Reads the file of a name such as "Layers/lstm", found in Tests/Golden.
    public init(_ name: String) throws {
        let folder = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3).joined(separator: "/")
        file = try SafetensorsFile.read("\(folder)/Golden/\(name).safetensors")
    }

    public func floats(_ name: String) throws -> [Float] { try file.floats(name) }

    public func labels(_ name: String) throws -> [Int] { try file.values(name, as: UInt8.self).map { Int($0) } }

    public func contains(_ name: String) -> Bool { file.tensors.contains { $0.name == name } }

    /// The shape of one of a tensor's rows in our layout: [steps, channels] or [features].
    public func rowShape(_ name: String) throws -> Shape { Shape(Array(try file.tensor(name).shape.dropFirst().reversed())) }

    /// A tensor's values in our layout: [batch, steps, channels] for [batch, channels, steps].
    public func rows(_ name: String) throws -> [Float] {
        let values = try floats(name)
        let row = try rowShape(name)
        guard row.rank == 2 else { return values }
        let (steps, channels) = (row[0], row[1])
        return values.indices.map { index in
            let (place, channel) = (index / channels, index % channels)
            return values[(place / steps * channels + channel) * steps + place % steps]
        }
    }
}

/// The largest difference, relative to the largest expected value; infinite where the counts differ, NaN where a value is.
public func relativeDifference(_ measured: [Float], _ expected: [Float]) -> Double {
    guard measured.count == expected.count else { return .infinity }
    var largest = 0.0
    var scale = 0.0
    for (m, e) in zip(measured, expected) {
        let difference = abs(Double(m) - Double(e))
        if !(difference <= largest) { largest = difference }
        scale = max(scale, abs(Double(e)))
    }
    return scale > 0 ? largest / scale : largest
}
