import Testing

@testable import Platform

@Suite struct MachineTests {
    @Test func thisMachineIsDescribed() {
        let machine = Machine.current()
        #expect(["x86_64", "aarch64"].contains(machine.architecture))
        #expect(!machine.cpu.isEmpty && !machine.system.isEmpty)
        #expect(machine.kernel.hasPrefix("Linux "))
        #expect(machine.cores >= 1)
        #expect(machine.memoryBytes > 1 << 26)
    }

    @Test func peakMemoryCountsWhatWasTouched() {
        let before = Machine.peakResidentBytes()
        #expect(before > 1 << 20 && before < Machine.current().memoryBytes)
        let touched = [UInt8](repeating: 1, count: before + 1 << 24)
        #expect(Machine.peakResidentBytes() >= touched.count)
    }

    @Test(
        "The CPU's name comes from whatever the system says",
        arguments: [
            ("processor\t: 0\nmodel name\t: AMD EPYC 9R14\nflags\t: x\n", nil, "AMD EPYC 9R14"),
            (
                "processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd08\n", "Raspberry Pi 4 Model B Rev 1.4\0",
                "Raspberry Pi 4 Model B Rev 1.4 (Cortex-A72)"
            ),
            (
                "CPU implementer\t: 0x41\nCPU part\t: 0xd0b\n\nModel\t\t: Raspberry Pi 5\n", nil,
                "Raspberry Pi 5 (Cortex-A76)"
            ),
            ("CPU implementer\t: 0x61\nCPU part\t: 0x022\n", nil, "ARM implementer 0x61 part 0x022"),
            ("", "Board", "Board"),
        ] as [(String, String?, String)])
    func cpuNames(cpuinfo: String, deviceTree: String?, name: String) {
        #expect(Machine.cpuModel(cpuinfo: cpuinfo, deviceTree: deviceTree) == name)
    }

    @Test(
        arguments: [
            ("aarch64", "x86_64", "CPU implementer : 0x41\n", true), ("aarch64", "aarch64", "vendor_id : x\n", false),
            ("aarch64", nil, "vendor_id : AuthenticAMD\n", true), ("aarch64", "", "CPU implementer : 0x41\n", false),
            ("x86_64", nil, "vendor_id : GenuineIntel\n", false), ("x86_64", nil, "CPU implementer : 0x41\n", true),
            ("x86_64", "x86_64", nil, false), ("aarch64", nil, nil, false),
        ] as [(String, String?, String?, Bool)])
    func anEmulatedCPUIsKnown(program: String, kernel: String?, cpuinfo: String?, isEmulated: Bool) {
        #expect(Machine.isEmulated(program: program, kernel: kernel, cpuinfo: cpuinfo) == isEmulated)
    }

    @Test(
        arguments: [
            (
                "processor : 0\nCPU implementer : 0x41\nCPU part : 0xd08\n\nprocessor : 1\nCPU implementer : 0x41\nCPU part : 0xd08\n",
                "Cortex-A72"
            ),
            (
                "processor : 0\nCPU implementer : 0x41\nCPU part : 0xd03\n\nprocessor : 1\nCPU implementer : 0x41\nCPU part : 0xd09\n",
                "Cortex-A53 and Cortex-A73"
            ),
            ("cpu family\t: 25\nmodel\t\t: 17\nmodel name\t: AMD EPYC\nstepping\t: 1\n", "family 25 model 17 stepping 1"),
            ("", "unknown"),
        ] as [(String, String)])
    func coresAreNamed(cpuinfo: String, core: String) {
        #expect(Machine.core(cpuinfo: cpuinfo) == core)
    }

    @Test func thePeakOfMemoryCanBeForgotten() {
        do {
            let touched = [UInt8](repeating: 1, count: 200 << 20)
            #expect(touched[touched.count / 2] == 1)
        }
        let before = Machine.peakResidentBytes()
        guard Machine.resetPeakResident() else { return }
        #expect(Machine.peakResidentBytes() < before)
    }

    @Test func anUnknownCPUIsCalledSo() {
        #expect(Machine.cpuModel(cpuinfo: nil, deviceTree: nil) == "unknown \(Machine.current().architecture) CPU")
    }

    @Test func theSystemIsNamedByItsRelease() {
        #expect(Machine.systemName(osRelease: "ID=x\nPRETTY_NAME=\"Debian GNU/Linux 12\"\n") == "Debian GNU/Linux 12")
        #expect(Machine.systemName(osRelease: nil) == "Linux")
    }

    @Test(arguments: [(8, nil, 8), (8, 2.0, 2), (8, 1.5, 1), (8, 0.2, 1), (2, 16.0, 2), (0, nil, 1)] as [(Int, Double?, Int)])
    func coresAreTheLeastOfAffinityAndShare(affinity: Int, quota: Double?, cores: Int) {
        #expect(Cores.available(affinity: affinity, quota: quota) == cores)
    }

    @Test(
        arguments: [
            ("Cpus_allowed:\tff\nCpus_allowed_list:\t0-7\n", 8), ("Cpus_allowed:\t3,00000001\n", 3),
            ("Cpus_allowed:\tffff\n", 12),
            ("Cpus_allowed:\t0\n", 12), ("", 12), (nil, 12),
        ] as [(String?, Int)])
    func affinityIsTheMaskOfOnlineCores(status: String?, cores: Int) {
        #expect(Cores.affinity(status: status, online: 12) == cores)
    }

    @Test func sharesComeFromTheGroupAndThoseAboveIt() throws {
        try withTemporaryFolder { root in
            func write(_ text: String, _ name: String) throws {
                let path = root + "/" + name
                try Files.createFolder(Files.parent(path) ?? root)
                try Files.writeAtomically(Array(text.utf8), to: path)
            }
            #expect(Cores.quota(membership: "0::/a/b\n", root: root) == nil)
            try write("max 100000\n", "a/b/cpu.max")
            #expect(Cores.quota(membership: "0::/a/b\n", root: root) == nil)
            try write("400000 100000\n", "a/cpu.max")
            #expect(Cores.quota(membership: "0::/a/b\n", root: root) == 4)
            try write("150000 100000\n", "cpu.max")
            #expect(Cores.quota(membership: "0::/a/b\n", root: root) == 1.5)
            #expect(Cores.quota(membership: "0::/not/visible\n", root: root) == 1.5)

            // Version 1.
            let membership = "9:name=systemd:/\n2:cpuacct,cpu:/docker/x\n0::/elsewhere\n"
            try write("-1\n", "cpu/cpu.cfs_quota_us")
            try write("100000\n", "cpu/cpu.cfs_period_us")
            #expect(Cores.quota(membership: "2:cpuacct,cpu:/docker/x", root: root) == nil)
            try write("50000\n", "cpu/docker/x/cpu.cfs_quota_us")
            try write("100000\n", "cpu/docker/x/cpu.cfs_period_us")
            #expect(Cores.quota(membership: membership, root: root) == 0.5)
            #expect(Cores.quota(membership: "3:cpuset:/docker/x\nnonsense\n", root: root) == nil)
        }
    }

    /// The least that a control group, or one above it, has left; pages of files that nobody reads count as free.
    @Test func memoryOfControlGroups() throws {
        try withTemporaryFolder { root in
            func write(_ text: String, _ name: String) throws {
                try Files.createFolder(Files.parent(root + "/" + name) ?? root)
                try Files.writeAtomically(Array(text.utf8), to: root + "/" + name)
            }
            #expect(Machine.memoryLeft(membership: "0::/a/b\n", root: root) == nil)
            try write("max\n", "a/b/memory.max")
            #expect(Machine.memoryLeft(membership: "0::/a/b\n", root: root) == nil)
            try write("1000\n", "a/memory.max")
            #expect(Machine.memoryLeft(membership: "0::/a/b\n", root: root) == 1000)
            try write("600\n", "a/memory.current")
            try write("anon 300\ninactive_file 200\n", "a/memory.stat")
            #expect(Machine.memoryLeft(membership: "0::/a/b\n", root: root) == 600)
            try write("500\n", "memory.max")
            #expect(Machine.memoryLeft(membership: "1:name=x:/y\n0::/a/b\n", root: root) == 500)
            #expect(Machine.memoryLeft(membership: "2:memory:/a\n", root: root) == nil)
        }
        #expect(Machine.availableBytes() > 16 << 20)
    }
}
