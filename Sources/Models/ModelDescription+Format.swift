import Layers
import StrictJSON
import TimeSeries

extension ModelDescription {
    /// Checks that the model takes windows of a format and tells its classes apart.
    /// - Throws: A `ModelError` that says what differs, or which layer does not fit its input.
    public func requireFit(_ format: WindowFormat) throws(ModelError) {
        guard ModelDescription.isName(name) else {
            throw ModelError(
                layer: "",
                reason:
                    "'\(JSON.excerpt(of: name))' cannot name a model: use 1 to 64 letters, digits, '-', '_' and '.', the first a "
                    + "letter or digit")
        }
        let window = format.shape
        guard input == window else {
            throw ModelError(
                layer: "",
                reason: "the model takes windows of \(input), the data has \(window): "
                    + "set \"input\" to {\"steps\": \(window[0]), \"channels\": \(window[1])}")
        }
        let classes = try Model(self, maximumRows: 1).classes
        guard classes == format.classes.count else {
            throw ModelError(layer: "", reason: "the model gives \(classes) classes, the data has \(format.classes.count)")
        }
    }
}
