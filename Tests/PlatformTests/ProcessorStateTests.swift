import Testing

@testable import Platform

/// What the kernel's files say of a processor's speed and heat, in the forms that machines have them.
@Suite struct ProcessorStateTests {
    private func write(_ text: String, _ path: String, in root: String) throws {
        let file = root + path
        try Files.createFolder(Files.parent(file) ?? root)
        try Files.writeAtomically(Array(text.utf8), to: file)
    }

    @Test func aRaspberryPisFilesAreRead() throws {
        try withTemporaryFolder { root in
            for core in 0..<4 {
                let folder = "/sys/devices/system/cpu/cpu\(core)/cpufreq"
                try write("ondemand\n", folder + "/scaling_governor", in: root)
                try write(core == 3 ? "1800000\n" : "600000\n", folder + "/scaling_cur_freq", in: root)
            }
            try write("cpu-thermal\n", "/sys/class/thermal/thermal_zone0/type", in: root)
            try write("48212\n", "/sys/class/thermal/thermal_zone0/temp", in: root)
            let state = ProcessorState(root: root, throttling: "0x50005")
            #expect(state == ProcessorState(governor: "ondemand", frequency: 1800, temperature: 48.212, throttling: "0x50005"))
            #expect(state.throttlingNote == "undervoltage now, throttled now")
        }
    }

    @Test func aPCsFilesAreRead() throws {
        try withTemporaryFolder { root in
            try write("performance\n", "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", in: root)
            try write("powersave\n", "/sys/devices/system/cpu/cpu10/cpufreq/scaling_governor", in: root)
            try write("cpu MHz\t\t: 2100.5\n\ncpu MHz\t\t: 2596.1\n", "/proc/cpuinfo", in: root)
            try write("acpitz\n", "/sys/class/thermal/thermal_zone0/type", in: root)
            try write("99000\n", "/sys/class/thermal/thermal_zone0/temp", in: root)
            try write("k10temp\n", "/sys/class/hwmon/hwmon1/name", in: root)
            try write("61500\n", "/sys/class/hwmon/hwmon1/temp1_input", in: root)
            let state = ProcessorState(root: root, throttling: nil)
            #expect(
                state == ProcessorState(governor: "performance+powersave", frequency: 2596.1, temperature: 61.5, throttling: nil))
            #expect(state.throttlingNote == nil)
        }
    }

    @Test func whatIsNotToldIsNil() throws {
        try withTemporaryFolder { root in
            let none = ProcessorState(governor: nil, frequency: nil, temperature: nil, throttling: nil)
            #expect(ProcessorState(root: root, throttling: nil) == none)
        }
    }

    @Test(
        arguments: [
            ("throttled=0x0\n", "0x0"), ("throttled=0x50000\n", "0x50000"), ("error=1\n", nil), ("", nil), ("throttled=\n", nil),
            ("throttled=0xzz\n", nil),
        ] as [(String, String?)])
    func flagsComeFromTheFirmwaresTool(text: String, flags: String?) {
        #expect(ProcessorState.throttling(vcgencmd: text) == flags)
    }

    @Test(
        arguments: [
            ("0x0", nil), ("0x50000", "undervoltage since the start, throttled since the start"),
            ("0xA0008", "frequency capped since the start, soft temperature limit now"),
        ] as [(String, String?)])
    func flagsAreSaidInWords(flags: String, words: String?) {
        let state = ProcessorState(governor: nil, frequency: nil, temperature: nil, throttling: flags)
        #expect(state.throttlingNote == words)
    }
}
