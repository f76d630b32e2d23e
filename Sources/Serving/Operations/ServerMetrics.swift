import Platform

/// The numbers of a server, as text for Prometheus (its text format, version 0.0.4).
///
/// Of our own: no exporter for swift-metrics is among the packages that this project builds with.
final class ServerMetrics: Sendable {
    /// Requests of one kind.
    private struct Series: Hashable {
        let route: String
        let method: String
        let status: Int
    }

    /// Open connections.
    let connections = Gauge()
    /// Requests whose header has been read and whose answer has not ended.
    let inFlight = Gauge()
    /// Windows that were classified.
    let windows = Gauge()
    /// Switches to another version of a model, and versions that could not be used.
    let (switches, failedLoads) = (Gauge(), Gauge())
    /// From the start of the process to the first request that can be answered, in microseconds; 0 before.
    let startMicroseconds = Gauge()
    private let counts = Locked<[Series: Int]>([:])
    private let durations = Locked<[String: Histogram]>([:])

    /// Counts a request that was answered.
    func answered(route: String, method: String, status: Int, seconds: Double) {
        let series = Series(route: route, method: method, status: status)
        counts.withLock { $0[series, default: 0] += 1 }
        let histogram = durations.withLock { durations in
            if let known = durations[route] { return known }
            let new = Histogram()
            durations[route] = new
            return new
        }
        histogram.record(seconds)
    }

    /// Counts what was refused before it was a request: no HTTP, a header without an end.
    func refused(_ status: Int) {
        counts.withLock { $0[Series(route: "none", method: "none", status: status), default: 0] += 1 }
    }

    /// All numbers.
    func text(_ models: [ServedModel], isReady: Bool) -> String {
        var text = ""
        func family(_ name: String, _ type: String, _ help: String, _ samples: [(labels: String, value: String)]) {
            text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
            for sample in samples { text += "\(name)\(sample.labels.isEmpty ? "" : "{\(sample.labels)}") \(sample.value)\n" }
        }
        func single(_ name: String, _ type: String, _ help: String, _ value: String) { family(name, type, help, [("", value)]) }

        let requests = counts.withLock { $0 }.sorted {
            ($0.key.route, $0.key.method, $0.key.status) < ($1.key.route, $1.key.method, $1.key.status)
        }
        family(
            "harfunction_requests_total", "counter", "Requests by route, method and status.",
            requests.map {
                ("route=\"\($0.key.route)\",method=\"\($0.key.method)\",status=\"\($0.key.status)\"", "\($0.value)")
            })
        text += "# HELP harfunction_request_duration_seconds From the header of a request to the end of its answer.\n"
        text += "# TYPE harfunction_request_duration_seconds histogram\n"
        for (route, histogram) in durations.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            let counts = histogram.counts
            var sum = 0
            for (index, count) in counts.buckets.enumerated() {
                sum += count
                let bound = index < Histogram.bounds.count ? "\(Histogram.bounds[index])" : "+Inf"
                text += "harfunction_request_duration_seconds_bucket{route=\"\(route)\",le=\"\(bound)\"} \(sum)\n"
            }
            text += "harfunction_request_duration_seconds_sum{route=\"\(route)\"} \(counts.sum)\n"
            text += "harfunction_request_duration_seconds_count{route=\"\(route)\"} \(sum)\n"
        }
        single("harfunction_windows_total", "counter", "Windows that were classified.", "\(windows.value)")
        single("harfunction_requests_in_flight", "gauge", "Requests that are being answered.", "\(inFlight.value)")
        single("harfunction_connections", "gauge", "Open connections.", "\(connections.value)")
        single("harfunction_ready", "gauge", "1 while requests are to be sent here.", isReady ? "1" : "0")
        family(
            "harfunction_model_info", "gauge", "The models and their versions.",
            models.map { ("model=\"\($0.name)\",version=\"\($0.version)\",sha256=\"\($0.sha256)\"", "1") })
        single("harfunction_model_switches_total", "counter", "Versions that took the place of another.", "\(switches.value)")
        single(
            "harfunction_model_load_failures_total", "counter", "New versions that could not be used.", "\(failedLoads.value)")
        single(
            "harfunction_cold_start_seconds", "gauge", "From the start of the process until it could answer.",
            "\(Double(startMicroseconds.value) / 1e6)")
        single(
            "process_resident_memory_bytes", "gauge", "Resident memory.", "\(Machine.residentBytes())")
        return text
    }
}
