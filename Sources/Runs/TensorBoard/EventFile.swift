import Platform
import Training

/// The curves of a run as TensorBoard reads them: an event for each epoch, with a scalar for each curve.
///
/// A file of records, each the length of a message, the length's checksum, the message and its checksum, little-endian; a message is a
/// `tensorflow.Event` (TensorFlow, core/lib/io/record_writer.h and core/util/event.proto).
struct EventFile: Sendable {
    /// The name in a run's folder; TensorBoard looks for names with "tfevents".
    static let name = "events.out.tfevents.hartrain"

    let path: String

    /// The file of a run's folder.
    init(folder: String) {
        path = "\(folder)/\(EventFile.name)"
    }

    /// Begins the file, or cuts that of a resumed run to the epochs that it has done.
    /// - Throws: A `FileError`.
    func begin(epochsDone: Int) throws(FileError) {
        let kept = epochsDone > 0 && Files.exists(path) ? EventFile.records(of: try Files.read(path)) : []
        guard kept.isEmpty else {
            // In front of the epochs stands the format's version.
            return try Files.writeAtomically(Array(kept.prefix(1 + epochsDone).joined()), to: path)
        }
        var version = ProtobufMessage()
        version.add(1, UTCTime.seconds())
        version.add(3, "brain.Event:2")
        try Files.writeAtomically(EventFile.record(version), to: path)
    }

    /// Adds an epoch.
    /// - Throws: A `FileError`.
    func append(_ metrics: EpochMetrics) throws(FileError) {
        var scalars = [
            ("loss/train", metrics.trainingLoss), ("accuracy/train", metrics.trainingAccuracy),
            ("learning_rate", metrics.learningRate), ("windows_per_second", metrics.rowsPerSecond),
        ]
        if let validation = metrics.validation {
            scalars += [
                ("loss/validation", validation.loss), ("accuracy/validation", validation.accuracy),
                ("macro_f1/validation", validation.macroF1),
            ]
        }
        var summary = ProtobufMessage()
        for (tag, value) in scalars {
            var scalar = ProtobufMessage()
            scalar.add(1, tag)
            scalar.add(2, Float(value))
            summary.add(1, scalar)
        }
        var event = ProtobufMessage()
        event.add(1, UTCTime.seconds())
        event.add(2, metrics.epoch)
        event.add(5, summary)
        try Files.append(EventFile.record(event), to: path)
    }

    /// Waits until the file is on the disk.
    /// - Throws: A `FileError`.
    func synchronize() throws(FileError) { try Files.synchronize(path) }

    private static func record(_ message: ProtobufMessage) -> [UInt8] {
        let length = LittleEndian.bytes(UInt64(message.bytes.count))
        return length + LittleEndian.bytes(checksum(length)) + message.bytes + LittleEndian.bytes(checksum(message.bytes))
    }

    /// A checksum as records have it: rotated and moved, since data that holds checksums of its own would spoil a plain one.
    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        let sum = CRC32C.of(bytes)
        return (sum >> 15 | sum << 17) &+ 0xA282_EAD8
    }

    /// The whole records that a file begins with: a killed run may have left part of one.
    private static func records(of bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        let (head, tail) = (12, 4)
        var records: [ArraySlice<UInt8>] = []
        var rest = bytes[...]
        while rest.count >= head + tail {
            let length = rest.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard length <= UInt64(rest.count - head - tail) else { break }
            records.append(rest.prefix(head + Int(length) + tail))
            rest = rest.dropFirst(head + Int(length) + tail)
        }
        return records
    }
}
