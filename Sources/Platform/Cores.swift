import Glibc

/// How many cores this process may use: the machine's count says too much in a container or under `taskset`.
public enum Cores {
    /// The cores of the affinity mask, limited by the control group's share of CPU time; at least 1.
    public static func available() -> Int {
        let quota = Machine.text("/proc/self/cgroup").flatMap { self.quota(membership: $0, root: "/sys/fs/cgroup") }
        let online = sysconf(Int32(_SC_NPROCESSORS_ONLN))
        return available(affinity: affinity(status: Machine.text("/proc/self/status"), online: online), quota: quota)
    }

    /// A share of 1.5 cores is one core: a second thread would only be halted half of the time.
    static func available(affinity: Int, quota: Double?) -> Int {
        max(1, min(affinity, quota.map { Int($0) } ?? affinity))
    }

    /// The cores in the affinity mask, as the text of /proc/self/status has it: "Cpus_allowed: f,ffffffff".
    ///
    /// That is what `sched_getaffinity` reads, which glibc shows to GNU C only. The mask may name cores that are switched off.
    static func affinity(status: String?, online: Int) -> Int {
        guard let mask = status.flatMap({ Machine.value(of: "Cpus_allowed", in: $0) }) else { return online }
        let allowed = mask.reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) }
        return allowed > 0 ? min(allowed, online) : online
    }

    /// The smallest share of CPU time, in cores, that a control group of this process or one above it has; nil without a limit.
    /// - Parameters:
    ///   - membership: the text of /proc/self/cgroup, lines `number:controllers:path`; version 2 has the one line `0::path`.
    ///   - root: where the control groups are mounted.
    static func quota(membership: String, root: String) -> Double? {
        var smallest: Double?
        // By scalars: who makes a control group chooses its name.
        for line in membership.unicodeScalars.split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let isVersion2 = fields[1].isEmpty
            guard isVersion2 || fields[1].split(separator: ",").contains(where: { String($0) == "cpu" }) else { continue }
            let mount = isVersion2 ? root : root + "/cpu"
            // In a container the path may be the host's, which is not visible here: then only the mount itself is found.
            var group = fields[2].split(separator: "/")
            while true {
                let folder = ([mount] + group.map { String($0) }).joined(separator: "/")
                if let share = isVersion2 ? share2(folder) : share1(folder) { smallest = min(smallest ?? share, share) }
                if group.isEmpty { break }
                group.removeLast()
            }
        }
        return smallest
    }

    /// Version 2: `cpu.max` holds "quota period" in microseconds, or "max period".
    private static func share2(_ folder: String) -> Double? {
        let numbers = (Machine.text(folder + "/cpu.max") ?? "").split { $0.isWhitespace }.map { Double($0) }
        return numbers.count == 2 ? share(numbers[0], numbers[1]) : nil
    }

    /// Version 1: two files, a quota of -1 without a limit.
    private static func share1(_ folder: String) -> Double? {
        func number(_ name: String) -> Double? {
            Machine.text(folder + "/" + name)?.split { $0.isWhitespace }.first.flatMap { Double($0) }
        }
        return share(number("cpu.cfs_quota_us"), number("cpu.cfs_period_us"))
    }

    private static func share(_ quota: Double?, _ period: Double?) -> Double? {
        guard let quota, let period, quota > 0, period > 0 else { return nil }
        return quota / period
    }
}
