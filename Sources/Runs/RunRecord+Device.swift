import Kernels
import Platform
import StrictJSON

extension RunRecord {
    /// The machine.
    public struct Device: Equatable, Sendable {
        /// Processor, cores, memory and system.
        public var machine: Machine
        /// Version and kernel family of the BLAS: "OpenBLAS 0.3.21 (SkylakeX)".
        public var blas: String
        /// The instruction set of the inner loops: "avx512".
        public var kernels: String

        /// This machine.
        public static func current() -> Device {
            let version = BLAS.configuration.split(separator: " ").prefix(2).joined(separator: " ")
            return Device(machine: Machine.current(), blas: "\(version) (\(BLAS.coreName))", kernels: KernelSet.current.name)
        }
    }
}

extension RunRecord.Device {
    /// The device as run.json and `hartrain info --json` hold it.
    public var json: JSONObject {
        [
            "architecture": .string(machine.architecture), "cpu": .string(machine.cpu),
            "emulated": .bool(machine.isEmulated), "cores": .integer(machine.cores),
            "memory_bytes": .integer(machine.memoryBytes), "system": .string(machine.system), "blas": .string(blas),
            "kernels": .string(kernels),
        ]
    }
}
