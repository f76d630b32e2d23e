import Kernels
import Platform
import StrictJSON

extension RunRecord {
    /// The machine of a run.
    public struct Device: Equatable, Sendable {
        /// "x86_64" or "aarch64".
        public var architecture: String
        /// The processor's model.
        public var cpu: String
        /// Whether the processor was emulated, so that no time of the run means anything.
        public var isEmulated: Bool
        /// The logical cores that the run could use.
        public var cores: Int?
        /// The memory of the machine, in bytes.
        public var memoryBytes: Int?
        /// The system's name.
        public var system: String?
        /// Version and kernel family of the BLAS, "OpenBLAS 0.3.21 (SkylakeX)"; nil where the work loaded none.
        public var blas: String?
        /// The instruction set of the inner loops: "avx512".
        public var kernels: String?

        /// This machine.
        /// - Parameter blas: What the BLAS is, where the work loads one: no model of layers does.
        public static func current(blas: String? = nil) -> Device {
            let machine = Machine.current()
            return Device(
                architecture: machine.architecture, cpu: machine.cpu, isEmulated: machine.isEmulated, cores: machine.cores,
                memoryBytes: machine.memoryBytes, system: machine.system, blas: blas, kernels: KernelSet.current.name)
        }
    }
}

extension RunRecord.Device {
    /// The device as run.json and `hartrain info --json` hold it.
    public var json: JSONObject {
        [
            "architecture": .string(architecture), "cpu": .string(cpu), "emulated": .bool(isEmulated),
            "cores": cores.map(JSON.integer) ?? .null, "memory_bytes": memoryBytes.map(JSON.integer) ?? .null,
            "system": system.map(JSON.string) ?? .null, "blas": blas.map(JSON.string) ?? .null,
            "kernels": kernels.map(JSON.string) ?? .null,
        ]
    }

    init(json: JSON) throws(JSONFieldError) {
        var fields = try JSONFields(json, context: "device")
        cpu = try fields.take("cpu")
        architecture = try fields.take("architecture")
        guard JSON.isVisible(cpu), JSON.isVisible(architecture) else {
            throw JSONFieldError(context: "device", problem: "'cpu' and 'architecture' must be texts without control characters")
        }
        // Records from before there was a word for it are of real machines.
        isEmulated = try fields.take("emulated", default: false)
        cores = try fields.takeIfPresent("cores")
        memoryBytes = try fields.takeIfPresent("memory_bytes")
        system = try fields.takeIfPresent("system")
        blas = try fields.takeIfPresent("blas")
        kernels = try fields.takeIfPresent("kernels")
    }
}
