import Kernels
import StrictJSON

extension Padding {
    /// The padding as a model file has it: "valid", "same", a number of steps for both sides, or a pair.
    var json: JSON {
        switch self {
        case .valid: "valid"
        case .same: "same"
        case .steps(let before, let after) where before == after: .integer(before)
        case .steps(let before, let after): [.integer(before), .integer(after)]
        }
    }

    /// As an error says it: "without padding".
    var inWords: String {
        switch self {
        case .valid, .steps(before: 0, after: 0): "without padding"
        case .same: "with padding \"same\""
        case .steps(let before, let after): "with \(before) and \(after) steps of padding"
        }
    }
}

extension LayerFields {
    /// Takes a padding; "valid" where the field is not there.
    /// - Throws: A `JSONFieldError` for anything but a padding of at most 65,536 steps a side.
    mutating func padding(_ key: String) throws(JSONFieldError) -> Padding {
        let json = try take(key, default: JSON.string("valid"))
        switch json {
        case "valid": return .valid
        case "same": return .same
        default: break
        }
        let sides = json.asArray ?? [json, json]
        let steps = sides.compactMap(\.asInt).filter { (0...LayerFields.largestSize).contains($0) }
        guard sides.count == 2, steps.count == 2 else {
            throw failure(
                key,
                mustBe: "\"valid\", \"same\", a number of steps for both sides, or a pair [before, after], each 0 to "
                    + "\(LayerFields.largestSize)")
        }
        return .steps(before: steps[0], after: steps[1])
    }
}

extension LayerPlan {
    /// Throws an error unless both sides of a padding have 0 to so many steps.
    func requirePadding(_ padding: Padding, atMost most: Int) throws(ModelError) {
        guard case .steps(let before, let after) = padding else { return }
        try require((0...most).contains(before) && (0...most).contains(after)) {
            "padding must be 0 to \(most) steps on each side, not \(before) and \(after)"
        }
    }
}

extension JSONObject {
    /// Says that a layer has no bias; a layer with one says nothing, so that files of older versions stay as they are.
    mutating func setBias(_ hasBias: Bool) {
        if !hasBias { set("bias", .bool(false)) }
    }
}
