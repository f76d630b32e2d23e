/// A value that an axis names.
struct Tick: Equatable {
    let value: Double
    let label: String
}
