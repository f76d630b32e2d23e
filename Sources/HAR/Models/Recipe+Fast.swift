import Training

extension Recipe {
    /// Takes the way to a good model in the least time: Adam at 2e-3 falling along a cosine over 90 epochs of batches of 32, which
    /// stops at a validation accuracy of 0.99. Clipping, loss and seed stay.
    ///
    /// Small batches take many more steps an epoch, and the falling rate settles what they leave noisy.
    public mutating func makeFast() {
        epochs = 90
        batch = 32
        dropLast = false
        learningRate = 2e-3
        optimizer = .adam(Adam())
        schedule = .cosine(warmup: 0, floor: 0)
        targetAccuracy = 0.99
    }
}
