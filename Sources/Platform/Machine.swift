import Glibc

#if !(arch(x86_64) || arch(arm64)) || _endian(big)
    #error("hartrain is written for little-endian x86-64 and arm64: its files hold numbers as these machines hold them in memory")
#endif

/// The machine that a run is on: what a report of a timing has to name.
public struct Machine: Equatable, Sendable {
    /// "x86_64" or "aarch64".
    public let architecture: String
    /// The CPU's model, as well as the system knows it: "AMD EPYC 9R14", "Raspberry Pi 4 Model B Rev 1.4".
    public let cpu: String
    /// The kind of core: "Cortex-A72"; of x86-64 family, model and stepping: "family 25 model 17 stepping 1".
    public let core: String
    /// Whether a program plays the CPU, as qemu does: then times say nothing of any machine.
    public let isEmulated: Bool
    /// The logical cores that this process may use, at least 1: its affinity mask, and its control group's share of CPU time.
    public let cores: Int
    /// The memory of the whole machine, in bytes.
    public let memoryBytes: Int
    /// The system's name: "Debian GNU/Linux 12 (bookworm)".
    public let system: String
    /// The kernel's name and release: "Linux 6.12.1".
    public let kernel: String

    /// This machine, as it is now.
    public static func current() -> Machine {
        let cpuinfo = text("/proc/cpuinfo")
        let cpu = cpuModel(cpuinfo: cpuinfo, deviceTree: text("/proc/device-tree/model"))
        let isEmulated = isEmulated(program: architecture, kernel: text("/proc/sys/kernel/arch").map(trimmed), cpuinfo: cpuinfo)
        return Machine(
            architecture: architecture, cpu: isEmulated ? "\(architecture) emulated on \(cpu)" : cpu,
            core: core(cpuinfo: cpuinfo ?? ""), isEmulated: isEmulated,
            cores: Cores.available(),
            memoryBytes: sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE)),
            system: systemName(osRelease: text("/etc/os-release")),
            kernel: [text("/proc/sys/kernel/ostype"), text("/proc/sys/kernel/osrelease")].compactMap(\.self).map(trimmed)
                .joined(separator: " "))
    }

    /// Whether the kernel runs on another kind of CPU than the program was built for.
    /// - Parameters:
    ///   - program: What the program was built for: "aarch64".
    ///   - kernel: What the kernel says that it runs on, nil where it is older than 6.1 and does not.
    ///   - cpuinfo: The text of /proc/cpuinfo, which emulators pass on.
    static func isEmulated(program: String, kernel: String?, cpuinfo: String?) -> Bool {
        if let kernel, !kernel.isEmpty { return kernel != program }
        let foreign = program == "x86_64" ? "CPU implementer" : "vendor_id"
        return value(of: foreign, in: cpuinfo ?? "") != nil
    }

    /// The bytes of memory that this process can still have: what the system can give without swapping, its control group's limit and
    /// its own of address space (`ulimit -v`) permitting.
    public static func availableBytes() -> Int {
        var bytes = sysconf(Int32(_SC_PHYS_PAGES)) * sysconf(Int32(_SC_PAGESIZE))
        if let available = kibibytes("MemAvailable", in: text("/proc/meminfo")) { bytes = available << 10 }
        var limit = rlimit()
        if unsafe getrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit) == 0, limit.rlim_cur < rlim_t(Int.max) {
            let used = kibibytes("VmSize", in: text("/proc/self/status")) ?? 0
            bytes = min(bytes, Int(limit.rlim_cur) - used << 10)
        }
        if let group = text("/proc/self/cgroup").flatMap({ memoryLeft(membership: $0, root: "/sys/fs/cgroup") }) {
            bytes = min(bytes, group)
        }
        return max(0, bytes)
    }

    private static func kibibytes(_ name: String, in text: String?) -> Int? {
        text.flatMap { value(of: name, in: $0) }.flatMap { $0.split(separator: " ").first }.flatMap { Int($0) }
    }

    /// The least memory that a control group of this process or one above it has left, in version 2; nil without a limit.
    /// - Parameters:
    ///   - membership: The text of /proc/self/cgroup: `0::path`.
    ///   - root: Where the control groups are mounted.
    static func memoryLeft(membership: String, root: String) -> Int? {
        guard let path = membership.split(separator: "\n").first(where: { $0.hasPrefix("0::") })?.dropFirst(3) else { return nil }
        var group = path.split(separator: "/")
        var least: Int?
        while true {
            let folder = ([root] + group.map(String.init)).joined(separator: "/")
            func number(_ name: String) -> Int? { text(folder + "/" + name).map(trimmed).flatMap { Int($0) } }
            // "max" is no number.
            if let most = number("memory.max") {
                // Pages of files that are kept in memory go where others are needed.
                let inactive =
                    text(folder + "/memory.stat")?.split(separator: "\n").first { $0.hasPrefix("inactive_file ") }
                    .flatMap { Int($0.dropFirst("inactive_file ".count)) }
                let left = most - (number("memory.current") ?? 0) + (inactive ?? 0)
                least = min(least ?? left, left)
            }
            if group.isEmpty { return least }
            group.removeLast()
        }
    }

    /// The resident memory of this process, in bytes; 0 where the system does not tell.
    public static func residentBytes() -> Int {
        (kibibytes("VmRSS", in: text("/proc/self/status")) ?? 0) << 10
    }

    /// Forgets the largest resident memory so far, so that `peakResidentBytes` tells of what comes.
    /// - Returns: Whether the kernel can do that.
    public static func resetPeakResident() -> Bool {
        guard let file = unsafe fopen("/proc/self/clear_refs", "w") else { return false }
        let written = unsafe fputs("5", file)
        return unsafe fclose(file) == 0 && written >= 0
    }

    /// The largest resident memory of this process so far, in bytes.
    ///
    /// The kernel's high-water mark of this program; `getrusage` would also count what the process was before `exec`, such as
    /// the interpreter that started it, and serves only where /proc is missing.
    public static func peakResidentBytes() -> Int {
        if let status = text("/proc/self/status"), let field = value(of: "VmHWM", in: status),
            let kibibytes = field.split(separator: " ").first.flatMap({ Int($0) })
        {
            return kibibytes << 10
        }
        var usage = rusage()
        _ = unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        return usage.ru_maxrss << 10
    }

    /// The CPU's model from the text of /proc/cpuinfo and, on boards that have one, the name in the device tree.
    static func cpuModel(cpuinfo: String?, deviceTree: String?) -> String {
        let cpuinfo = cpuinfo ?? ""
        if let model = value(of: "model name", in: cpuinfo) { return model }
        // ARM's kernel says only numbers; the board's name says more.
        let core = armCore(cpuinfo)
        let board = deviceTree.map(trimmed) ?? value(of: "Model", in: cpuinfo) ?? ""
        if board.isEmpty { return core ?? "unknown \(architecture) CPU" }
        return core.map { "\(board) (\($0))" } ?? board
    }

    /// The kind of the first core in the text of /proc/cpuinfo; of ARM's cores that differ, all kinds.
    static func core(cpuinfo: String) -> String {
        let kinds = cpuinfo.split(separator: "\n\n").compactMap { armCore(String($0)) }
        if !kinds.isEmpty {
            var names: [String] = []
            for kind in kinds where !names.contains(kind) { names.append(kind) }
            return names.joined(separator: " and ")
        }
        let fields = [("family", "cpu family"), ("model", "model"), ("stepping", "stepping")].compactMap { name, key in
            value(of: key, in: cpuinfo).map { "\(name) \($0)" }
        }
        return fields.isEmpty ? "unknown" : fields.joined(separator: " ")
    }

    /// The name of an ARM core from its implementer and part numbers in /proc/cpuinfo.
    private static func armCore(_ cpuinfo: String) -> String? {
        guard let part = value(of: "CPU part", in: cpuinfo), let implementer = value(of: "CPU implementer", in: cpuinfo) else {
            return nil
        }
        // Those of the boards and servers that this program is used on; the numbers are in ARM's reference manuals (MIDR_EL1).
        let armParts = [
            "0xd03": "Cortex-A53", "0xd04": "Cortex-A35", "0xd05": "Cortex-A55", "0xd07": "Cortex-A57", "0xd08": "Cortex-A72",
            "0xd09": "Cortex-A73", "0xd0a": "Cortex-A75", "0xd0b": "Cortex-A76", "0xd0c": "Neoverse-N1", "0xd40": "Neoverse-V1",
            "0xd49": "Neoverse-N2", "0xd4f": "Neoverse-V2",
        ]
        if implementer == "0x41", let name = armParts[part] { return name }
        return "ARM implementer \(implementer) part \(part)"
    }

    /// The system's name from the text of /etc/os-release.
    static func systemName(osRelease: String?) -> String {
        for line in (osRelease ?? "").split(separator: "\n") where line.hasPrefix("PRETTY_NAME=") {
            return String(line.dropFirst("PRETTY_NAME=".count).filter { $0 != "\"" && $0 != "'" })
        }
        return "Linux"
    }

    /// The value after the colon of the first "name : value" line with this name.
    static func value(of name: String, in text: String) -> String? {
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            guard let colon = line.firstIndex(of: UInt8(ascii: ":")), trimmed(line[..<colon]).elementsEqual(name.utf8) else {
                continue
            }
            return String(Substring(trimmed(line[line.index(after: colon)...])))
        }
        return nil
    }

    /// A text without white space and zero bytes at its ends.
    private static func trimmed(_ text: String) -> String { String(Substring(trimmed(text.utf8[...]))) }

    /// By bytes: to cut these files into characters was a seventh of a program's start.
    private static func trimmed(_ text: Substring.UTF8View) -> Substring.UTF8View {
        func isPadding(_ byte: UInt8) -> Bool { byte <= 0x20 }
        var text = text.drop(while: isPadding)
        while let last = text.last, isPadding(last) { text.removeLast() }
        return text
    }

    /// The text of one of the system's small files, or nil.
    static func text(_ path: String) -> String? {
        (try? Files.read(path, limit: 1 << 24)).map { String(decoding: $0, as: UTF8.self) }
    }

    private static var architecture: String {
        #if arch(x86_64)
            "x86_64"
        #else
            "aarch64"
        #endif
    }
}
