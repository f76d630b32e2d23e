import Kernels
import StrictJSON

/// A limit on gradients before the optimizer sees them.
public enum GradientClip: Equatable, Sendable {
    /// Gradients as they are.
    case none
    /// Each value to -limit ... limit, as PyTorch's `clip_grad_value_`.
    case value(Double)
    /// All gradients together to a Euclidean norm of at most the limit, as PyTorch's `clip_grad_norm_`.
    case norm(Double)

    /// Clips a gradient in place.
    @_lifetime(gradient: copy gradient)
    public func apply(_ gradient: inout MutableSpan<Float>) {
        switch self {
        case .none: return
        case .value(let limit): clip(&gradient, to: Float(limit))
        case .norm(let limit):
            let norm = sumOfSquares(gradient.span).squareRoot()
            if norm > limit { scale(&gradient, by: Float(limit / (norm + 1e-6))) }
        }
    }
}

extension RecipeSetting {
    /// The limit of each value.
    public static let clipValue = RecipeSetting("limit of gradient values", option: "clip-value")
    /// The limit of the norm.
    public static let clipNorm = RecipeSetting("limit of the gradient norm", option: "clip-norm")
}

extension GradientClip: RecipeChoice {
    var json: JSON {
        switch self {
        case .none: ["by": "none"]
        case .value(let limit): ["by": "value", "limit": .number(limit)]
        case .norm(let limit): ["by": "norm", "limit": .number(limit)]
        }
    }

    init(json: JSON, context: String) throws(JSONFieldError) {
        var fields = try JSONFields(json, context: context)
        switch try fields.take("by", as: String.self) {
        case "none": self = .none
        case "value": self = .value(try fields.take("limit", as: Double.self))
        case "norm": self = .norm(try fields.take("limit", as: Double.self))
        default: throw fields.failure("by", mustBe: "\"none\", \"value\" or \"norm\"")
        }
        try fields.finish()
    }

    func check(in recipe: Recipe, classes: Int) throws(RecipeError) {
        switch self {
        case .none: break
        case .value(let limit): try RecipeRequirement.aboveZero.check(limit, of: .clipValue)
        case .norm(let limit): try RecipeRequirement.aboveZero.check(limit, of: .clipNorm)
        }
    }

    /// "gradient norm clipped to 2.0"; nil where nothing is clipped.
    var words: String? {
        switch self {
        case .none: nil
        case .value(let limit): "gradients clipped to -\(limit)...\(limit)"
        case .norm(let limit): "gradient norm clipped to \(limit)"
        }
    }
}
