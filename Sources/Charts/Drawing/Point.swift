/// A place on a drawing; y grows downwards.
struct Point: Equatable {
    var x: Double
    var y: Double
}
