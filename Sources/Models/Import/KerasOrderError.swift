import TensorFiles

/// Arrays without names, in the order of a Keras model's layers, that are not those of the model: both lists side by side where they part.
struct KerasOrderError: Error, CustomStringConvertible {
    /// What is wrong, and what may be the cause.
    let description: String

    /// How many pairs are shown before the first that differs, and from it on.
    private static let shown = (before: 1, after: 3)

    /// The error, or nil where the arrays are as many as the items and of their shapes.
    init?(_ arrays: [NumPyArchive.Outline], _ items: [KerasArrays.Item]) {
        let count = max(arrays.count, items.count)
        let fits = { index in index < arrays.count && index < items.count && arrays[index].shape == items[index].shape }
        guard let place = (0..<count).first(where: { !fits($0) }) else { return nil }
        let pairs = (max(0, place - KerasOrderError.shown.before)..<min(count, place + KerasOrderError.shown.after)).map {
            index in
            let array = index < arrays.count ? "\(arrays[index].name) \(arrays[index].shape)" : "nothing"
            let item = index < items.count ? "\(items[index].name) \(items[index].shape)" : "nothing"
            return "\(array) | \(item)"
        }
        description =
            "its \(arrays.count) arrays are not the model's \(items.count), one by one; they part at place \(place + 1) (file | model): "
            + pairs.joined(separator: "; ") + (KerasOrderError.cause(arrays, items, at: place).map { "; \($0)" } ?? "")
    }

    /// What Keras models often have otherwise.
    private static func cause(_ arrays: [NumPyArchive.Outline], _ items: [KerasArrays.Item], at place: Int) -> String? {
        if let first = arrays.indices.first(where: { index in
            index + 2 < arrays.count && index <= place && arrays[index].shape == arrays[index + 1].shape
                && arrays[index + 2].shape.isEmpty
        }) {
            return
                "arrays \(first + 1) to \(first + 3) look like a Normalization layer's mean, variance and count: leave them out, and write "
                + "mean and square root of the variance as standardize/mean and standardize/std"
        }
        guard place < items.count else { return nil }
        let (layer, variable) = KerasArrays.parts(items[place].name)
        let next = place + 1 < items.count ? items[place + 1].shape : nil
        guard variable == "bias", place < arrays.count ? arrays[place].shape == next : next == nil else { return nil }
        return "where \(layer) has no bias, write \"bias\": false in the model"
    }
}
