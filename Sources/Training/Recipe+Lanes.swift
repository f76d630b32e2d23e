import Layers

extension Recipe {
    /// The most rows that a lane has in training a model: what the model is bound to.
    /// - Parameter single: The model bound to one row.
    public func rowsPerLane(of single: Model) -> Int {
        Sharding.rowsPerLane(batch: batch, leastRows: single.leastRowsPerLane, maximum: maximumLanes)
    }
}
