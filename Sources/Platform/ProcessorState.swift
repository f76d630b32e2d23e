/// What decides how fast a processor is at the moment. Whatever the system does not tell is nil.
public struct ProcessorState: Equatable, Sendable {
    /// The rule by which the kernel chooses the frequency: "performance", "ondemand"; of cores that differ, all of them.
    public let governor: String?
    /// The frequency of the fastest core, in MHz.
    public let frequency: Double?
    /// The temperature of the hottest sensor in the processor, in degrees Celsius.
    public let temperature: Double?
    /// A Raspberry Pi's throttling flags, as `vcgencmd get_throttled` gives them: "0x0" is none.
    public let throttling: String?

    init(governor: String?, frequency: Double?, temperature: Double?, throttling: String?) {
        self.governor = governor
        self.frequency = frequency
        self.temperature = temperature
        self.throttling = throttling
    }

    /// The state of this machine.
    public static func current() -> ProcessorState {
        let firmware = ChildProcess.run("vcgencmd", ["get_throttled"]).flatMap {
            $0.code == 0 ? throttling(vcgencmd: String(decoding: $0.output, as: UTF8.self)) : nil
        }
        return ProcessorState(root: "", throttling: firmware)
    }

    /// The state that the files under `root` tell of.
    init(root: String, throttling: String?) {
        let system = root + "/sys/devices/system/cpu"
        let cores = ProcessorState.folders(system, prefix: "cpu").map { $0 + "/cpufreq" }
        var governors: [String] = []
        for core in cores {
            if let governor = ProcessorState.word(core + "/scaling_governor"), !governors.contains(governor) {
                governors.append(governor)
            }
        }
        governor = governors.isEmpty ? nil : governors.joined(separator: "+")
        // In kHz; where the kernel does not choose it, as in virtual machines, /proc/cpuinfo may still say it.
        let kilohertz = cores.compactMap { ProcessorState.word($0 + "/scaling_cur_freq").flatMap { Double($0) } }.max()
        frequency = kilohertz.map { $0 / 1000 } ?? ProcessorState.frequency(cpuinfo: Machine.text(root + "/proc/cpuinfo") ?? "")
        temperature = ProcessorState.temperature(root)
        self.throttling = throttling
    }

    /// What a Raspberry Pi's flags mean: "throttled now, undervoltage since the start"; nil where there is nothing to say.
    ///
    /// Bits as Raspberry Pi's documentation of `vcgencmd get_throttled` numbers them.
    public var throttlingNote: String? {
        guard let throttling, let bits = Int(throttling.dropFirst(2), radix: 16), bits != 0 else { return nil }
        let names = ["undervoltage", "frequency capped", "throttled", "soft temperature limit"]
        let notes = names.indices.compactMap { bit -> String? in
            if bits & (1 << bit) != 0 { return names[bit] + " now" }
            return bits & (1 << (16 + bit)) != 0 ? names[bit] + " since the start" : nil
        }
        return notes.isEmpty ? nil : notes.joined(separator: ", ")
    }

    /// The flags in "throttled=0x50000", nil for any other text.
    static func throttling(vcgencmd text: String) -> String? {
        let parts = text.split(separator: "=")
        guard parts.count == 2, parts[0] == "throttled", let flags = parts[1].split(whereSeparator: \.isWhitespace).first,
            flags.hasPrefix("0x"), Int(flags.dropFirst(2), radix: 16) != nil
        else { return nil }
        return String(flags)
    }

    /// The highest "cpu MHz" in the text of /proc/cpuinfo.
    private static func frequency(cpuinfo: String) -> Double? {
        cpuinfo.split(separator: "\n").filter { $0.hasPrefix("cpu MHz") }
            .compactMap { $0.split(separator: ":").last?.split(separator: " ").first.flatMap { Double($0) } }.max()
    }

    /// The hottest of the sensors that sit in the processor, in degrees.
    private static func temperature(_ root: String) -> Double? {
        let zones = folders(root + "/sys/class/thermal", prefix: "thermal_zone").compactMap { zone -> Double? in
            guard let type = word(zone + "/type"), type.hasPrefix("cpu") || type.hasPrefix("soc") || type == "x86_pkg_temp" else {
                return nil
            }
            return word(zone + "/temp").flatMap { Double($0) }
        }
        let monitors = folders(root + "/sys/class/hwmon", prefix: "hwmon").compactMap { monitor -> Double? in
            guard let name = word(monitor + "/name"), ["k10temp", "zenpower", "coretemp", "cpu_thermal"].contains(name) else {
                return nil
            }
            return word(monitor + "/temp1_input").flatMap { Double($0) }
        }
        return (zones + monitors).max().map { $0 / 1000 }
    }

    /// The folders "<prefix><number>" in a folder, in the order of their numbers.
    private static func folders(_ folder: String, prefix: String) -> [String] {
        let names = (try? Files.list(folder)) ?? []
        let numbers = names.filter { $0.hasPrefix(prefix) }.compactMap { Int($0.dropFirst(prefix.count)) }
        return numbers.sorted().map { "\(folder)/\(prefix)\($0)" }
    }

    /// The first word of one of the system's small files.
    private static func word(_ path: String) -> String? {
        Machine.text(path)?.split(whereSeparator: \.isWhitespace).first.map(String.init)
    }
}
