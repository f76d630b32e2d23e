extension SafetensorsFile {
    /// Writes the file whole or not at all: see `SafetensorsStream.write`.
    /// - Throws: `SafetensorsError` when the file cannot be written or a reader would refuse it; then nothing has changed.
    public func write(to path: String) throws(SafetensorsError) { try stream.write(to: path) }

    /// The file's bytes: see `SafetensorsStream.write`.
    /// - Throws: `SafetensorsError` when a reader would refuse the file.
    public func encoded() throws(SafetensorsError) -> [UInt8] { try stream.encoded(source: source) }

    private var stream: SafetensorsStream {
        SafetensorsStream(metadata: metadata, tensors: tensors.map(SafetensorsStream.Tensor.init))
    }
}
