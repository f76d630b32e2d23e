import Platform

/// Reads windows of a file or of standard input as they come: a window is there as soon as its last reading is.
///
/// A `.csv` file and standard input hold a reading a line, a `.f32` file raw floats: see `WindowDecoder.Encoding`. The memory it takes
/// does not depend on the input's length.
public final class WindowReader {
    /// What errors call the input: its path, or "standard input".
    public let name: String
    private let input: InputStream
    private var decoder: WindowDecoder

    /// Opens an input: a path that ends in .csv or .f32, or "-" for CSV on standard input.
    /// - Parameter format: What the windows hold.
    /// - Throws: A `FileError`, or a `WindowError` where the name ends in something else, or a file of raw floats holds no whole windows.
    public init(_ path: String, format: WindowFormat) throws {
        let ending = path.split(separator: ".").last.map { $0.lowercased() }
        let isRaw = ending == "f32"
        name = path == "-" ? "standard input" : path
        decoder = try WindowDecoder(name, encoding: isRaw ? .floats : .csv, format: format)
        guard path != "-" else {
            input = .standardInput()
            return
        }
        guard isRaw || ending == "csv" else {
            let numPy = ending == "npy" ? ": array.astype(\"float32\").tofile(\"windows.f32\") writes raw floats" : ""
            throw WindowError(
                file: path, message: "the name must end in .csv or .f32, or be - for CSV on standard input\(numPy)")
        }
        input = try InputStream(path)
        // Before the first answer, where it can be known.
        if isRaw, let size = input.size { try decoder.checkFloats(bytes: size) }
    }

    /// Waits for the next windows.
    /// - Returns: At least one and as many as are there already, [count, steps, channels]; nil at the end.
    /// - Throws: A `FileError`, or a `WindowError` that names line and value; windows before it are given first.
    public func next() throws -> [Float]? {
        while !decoder.isReady {
            var bytes: [UInt8] = []
            if try input.read(onto: &bytes) { decoder.append(bytes) } else { decoder.finish() }
        }
        return try decoder.takeWindows()
    }
}
