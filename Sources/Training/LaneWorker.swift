import Glibc
import Kernels
import Layers
import Memory
import TimeSeries

/// One lane at work: takes its rows of a batch in passes that fit the cache, and keeps what they add up to.
///
/// Used by one thread at a time; the object is what lets results be written without sharing memory between lanes.
final class LaneWorker {
    let lane: Lane
    private(set) var loss = 0.0
    private(set) var correct = 0
    private let model: Model
    private let standardization: Standardization
    private var labels: [Int32]

    init(_ model: Model, standardization: Standardization, training: Bool) {
        self.model = model
        self.standardization = standardization
        lane = Lane(model, training: training)
        labels = Array(repeating: 0, count: model.rowsPerPass)
    }

    /// Copies the windows `order[rows]` of the data into the model's input and standardises them there.
    private func load(_ pass: Pass, _ data: WindowSet, _ order: [Int32], _ rows: Range<Int>) {
        var input = model.input(pass)
        for (position, place) in rows.enumerated() {
            let row = Int(order[place])
            let window = data.window(row)
            copyRows(
                window, rows: 1, width: window.count, rowStride: window.count, to: &input, from: position * window.count,
                rowStride: window.count)
            labels[position] = data.labels[row]
        }
        standardization.apply(to: &input)
    }

    /// Adds a part of a gradient that the lane's only pass over `rows` rows has left out.
    @_lifetime(sums: copy sums)
    func addDeferredGradient(_ weights: PackedWeights, rows: Int, of part: Slot, to sums: inout MutableSpan<Float>) {
        let pass = Pass(rows: rows, mode: .training, weights: weights, lane: lane)
        model.addDeferredGradient(pass, of: part, to: &sums)
    }

    /// Calls `body` with passes over `share` rows beginning at `first`.
    private func passes(_ share: Range<Int>, _ body: (Range<Int>) -> Void) {
        let parts = (share.count + model.rowsPerPass - 1) / model.rowsPerPass
        for index in 0..<parts {
            let part = Sharding.part(index, of: parts, rows: share.count)
            body(share.lowerBound + part.lowerBound..<share.lowerBound + part.upperBound)
        }
    }

    /// Forward, loss and backward over the lane's share of a batch; gradients begin at zero, but for those that are left out.
    /// - Parameters:
    ///   - batch: The places in `order` that the batch takes.
    ///   - share: The lane's rows, counted within the batch.
    ///   - parts: Which gradients are left out.
    ///   - team: The threads that work at this lane.
    func train(
        _ weights: PackedWeights, _ data: WindowSet, order: [Int32], batch: Range<Int>, share: Range<Int>,
        loss: SoftmaxCrossEntropy,
        scale: Float, dropoutKey: UInt64, parts: GradientParts, team: KernelTeam
    ) {
        lane.clearSums(parts.kept)
        self.loss = 0
        correct = 0
        passes(share) { rows in
            let pass = Pass(
                rows: rows.count, mode: .training, firstRow: rows.lowerBound, dropoutKey: dropoutKey, weights: weights,
                lane: lane, team: team, defersGradients: parts.defersGradients)
            load(pass, data, order, batch.lowerBound + rows.lowerBound..<batch.lowerBound + rows.upperBound)
            model.forward(pass)
            let result = evaluate(pass, loss, scale: scale)
            self.loss += result.loss
            correct += result.correct
            model.backward(pass)
        }
    }

    /// Forward and loss over the lane's share of all rows, without dropout.
    func evaluate(_ weights: PackedWeights, _ data: WindowSet, order: [Int32], share: Range<Int>, into part: EvaluationPart) {
        part.reset()
        passes(share) { rows in
            let pass = Pass(rows: rows.count, mode: .inference, weights: weights, lane: lane)
            load(pass, data, order, rows)
            model.forward(pass)
            part.add(loss: evaluate(pass, SoftmaxCrossEntropy(), scale: 1).loss)
            let logits = model.logits(pass)
            for row in 0..<rows.count {
                let scores = logits.extracting(row * model.classes..<(row + 1) * model.classes)
                let (truth, predicted) = (Int(labels[row]), argmax(scores))
                // The softmax of the largest logit: exp(0) / sum_k exp(x_k - x_max).
                var sum = 0.0
                for index in 0..<scores.count { sum += exp(Double(scores[index] - scores[predicted])) }
                part.add(
                    truth: truth, predicted: predicted, confidence: 1 / sum,
                    group: data.groups.isEmpty ? nil : data.groups[Int(order[rows.lowerBound + row])])
            }
        }
    }

    private func evaluate(_ pass: Pass, _ loss: SoftmaxCrossEntropy, scale: Float) -> (loss: Double, correct: Int) {
        var dLogits = model.dLogits(pass)
        let known = labels
        return loss.evaluate(
            model.logits(pass), labels: known.span.extracting(0..<pass.rows), rows: pass.rows, classes: model.classes,
            scale: scale, dLogits: &dLogits)
    }

    /// The first layer that gives a value that is not finite in the lane's share of a batch, by going through it again.
    func firstNonFiniteLayer(
        _ weights: PackedWeights, _ data: WindowSet, order: [Int32], batch: Range<Int>, share: Range<Int>, mode: Pass.Mode,
        dropoutKey: UInt64
    ) -> String? {
        var found: String?
        passes(share) { rows in
            guard found == nil else { return }
            let pass = Pass(
                rows: rows.count, mode: mode, firstRow: rows.lowerBound, dropoutKey: dropoutKey, weights: weights, lane: lane)
            load(pass, data, order, batch.lowerBound + rows.lowerBound..<batch.lowerBound + rows.upperBound)
            model.forward(pass)
            found = model.firstNonFiniteLayer(pass)
        }
        return found
    }
}
