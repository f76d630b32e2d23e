import Layers

extension Recipe {
    /// A model as it is bound to be trained.
    /// - Throws: A `ModelError` that names the layer which does not fit its input.
    public func bind(_ description: ModelDescription) throws(ModelError) -> Model {
        let single = try Model(description, maximumRows: 1)
        return try Model(description, maximumRows: rowsPerLane(of: single), forTraining: true)
    }

    /// The most rows that a lane has in training a model: what the model is bound to.
    /// - Parameter single: The model bound to one row.
    func rowsPerLane(of single: Model) -> Int {
        Sharding.rowsPerLane(batch: batch, leastRows: single.leastRowsPerLane, maximum: maximumLanes)
    }
}
