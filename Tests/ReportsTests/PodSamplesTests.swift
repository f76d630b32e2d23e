import Testing

@testable import Reports

@Suite struct PodSamplesTests {
    private func read(_ text: String) throws -> PodSamples { try PodSamples(file: "p.csv", Array(text.utf8)) }

    @Test func columnsOfTheRunner() throws {
        let pods = try read("seconds,pods,ready,cpu_percent,time_ms\n0.00,1,1,,5\n15.25,4,3,61.5,15255\n")
        #expect(
            pods.samples == [
                .init(seconds: 0, pods: 1, cpuPercent: nil, milliseconds: 5),
                .init(seconds: 15.25, pods: 4, cpuPercent: 61.5, milliseconds: 15255),
            ])
        #expect(pods.since(2005).samples.map(\.seconds) == [-2, 13.25])
        let withoutClock = try read("seconds,pods\n0.5,1\n")
        #expect(withoutClock.since(2005) == withoutClock)
        #expect(PodSamples.areSamples(Array("seconds,pods\n".utf8)) && !PodSamples.areSamples(Array("seconds,x\n".utf8)))
    }

    @Test(
        arguments: [
            ("seconds,cpu\n", 1, "the columns seconds and pods are needed"), ("seconds,pods\n", nil, "it has no samples"),
            ("seconds,pods\n1,2\n0,2\n", 3, "seconds must be a number, not below"),
            ("seconds,pods\nnan,2\n", 2, "seconds must be"),
            ("seconds,pods\n1,12\n2,1", 3, "the line is cut off"),
            ("seconds,pods\n1,-2\n", 2, "pods must be a number from 0"), ("seconds,pods\n1\n", 2, "it has 1 fields, not 2"),
            ("seconds,pods,cpu_percent\n1,2,much\n", 2, "cpu_percent must be a number or empty"),
        ] as [(String, Int?, String)])
    func whatIsWrongIsNamed(_ text: String, _ line: Int?, _ reason: String) throws {
        let error = #expect(throws: ReportError.self) { _ = try read(text) }
        #expect(error?.line == line && error?.reason.hasPrefix(reason) == true, "\(String(describing: error))")
    }
}
