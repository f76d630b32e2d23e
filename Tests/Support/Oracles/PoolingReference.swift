import Kernels

/// The largest value under each window, NaN if there is one, 0 where no tap meets a step: the oracle of `maxPoolForward`.
/// - Returns: y [rows, outputSteps, channels].
public func maxPoolForwardReference(_ x: [Double], rows: Int, channels: Int, _ geometry: WindowGeometry) -> [Double] {
    pooledWindows(rows: rows, channels: channels, geometry).map { places in
        places.contains { x[$0].isNaN } ? .nan : places.map { x[$0] }.max() ?? 0
    }
}

/// Each dy goes to the first place of its window that holds the window's maximum: the oracle of `maxPoolBackward`.
/// - Returns: dx [rows, steps, channels].
public func maxPoolBackwardReference(
    x: [Double], dy: [Double], rows: Int, channels: Int, _ geometry: WindowGeometry
) -> [Double] {
    var dx = [Double](repeating: 0, count: x.count)
    for (output, places) in pooledWindows(rows: rows, channels: channels, geometry).enumerated() {
        let largest = places.map { x[$0] }.max()
        if let winner = places.first(where: { x[$0] == largest }) { dx[winner] += dy[output] }
    }
    return dx
}

/// The mean under each window, 0 where no tap meets a step: the oracle of `averagePoolForward`.
/// - Returns: y [rows, outputSteps, channels].
public func averagePoolForwardReference(
    _ x: [Double], rows: Int, channels: Int, _ geometry: WindowGeometry, countsPadding: Bool = false
) -> [Double] {
    pooledWindows(rows: rows, channels: channels, geometry).map { places in
        places.isEmpty ? 0 : places.reduce(0) { $0 + x[$1] } / Double(countsPadding ? geometry.kernel : places.count)
    }
}

/// Each dy in equal shares to the places of its window: the oracle of `averagePoolBackward`.
/// - Returns: dx [rows, steps, channels].
public func averagePoolBackwardReference(
    dy: [Double], rows: Int, channels: Int, _ geometry: WindowGeometry, countsPadding: Bool = false
) -> [Double] {
    var dx = [Double](repeating: 0, count: rows * geometry.steps * channels)
    for (output, places) in pooledWindows(rows: rows, channels: channels, geometry).enumerated() {
        for place in places { dx[place] += dy[output] / Double(countsPadding ? geometry.kernel : places.count) }
    }
    return dx
}

/// For each element of y [rows, outputSteps, channels] the places in x [rows, steps, channels] under its window, in order.
private func pooledWindows(rows: Int, channels: Int, _ geometry: WindowGeometry) -> [[Int]] {
    var windows: [[Int]] = []
    for row in 0..<rows {
        for output in 0..<geometry.outputSteps {
            for channel in 0..<channels {
                let steps = (0..<geometry.kernel).map { output * geometry.stride - geometry.leading + $0 * geometry.dilation }
                let inside = steps.filter { $0 >= 0 && $0 < geometry.steps }
                windows.append(inside.map { (row * geometry.steps + $0) * channels + channel })
            }
        }
    }
    return windows
}
