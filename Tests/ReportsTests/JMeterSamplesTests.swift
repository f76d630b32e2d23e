import Testing

@testable import Reports

@Suite struct JMeterSamplesTests {
    private static let header = "timeStamp,elapsed,label,responseCode,responseMessage,success,failureMessage,allThreads\n"

    private func read(_ text: String) throws -> JMeterSamples { try JMeterSamples(file: "x.jtl", Array(text.utf8)) }

    @Test func seriesByTheirLabels() throws {
        let log = try read(
            JMeterSamplesTests.header
                + "1000,20,cnn,200,OK,true,,1\r\n1010,30,lstm,200,OK,true,,2\n1020,5,cnn,503,\"busy, \"\"later\"\"\","
                + "false,,5\n1030,40,cnn,200,OK,false,\"wrong class: \"\"1\"\",\n not 2\",3\n")
        #expect(log.series.map(\.label) == ["cnn", "lstm"])
        #expect(log.series[0].answered == [20])
        #expect(log.series[0].failures == ["503": 1, "wrong class: \"1\",\n not 2": 1])
        #expect(log.series[0].users == 5)
        #expect(log.series[0].first == 1000 && log.series[0].last == 1070)
        #expect(log.series[1].answered == [30] && log.series[1].failures.isEmpty)
    }

    @Test func columnsStandInAnyOrder() throws {
        let log = try read("success,allThreads,label,elapsed,timeStamp\ntrue,3,a,7,1\n")
        #expect(log.series[0].answered == [7] && log.series[0].users == 3)
    }

    @Test(
        arguments: [
            ("", nil, "it is empty"),
            ("a,b\n1,2\n", 1, "the columns timeStamp, elapsed, label, success, allThreads are missing"),
            (header, nil, "it has no requests"),
            (header + "1,2,a,200,OK,true,,1\n1,2,a,200,OK\n", 3, "it has 5 fields, not 8 as the first line"),
            (header + "1,2,a,200,OK,true,,1\n1,2,a,2", 3, "the line is cut off"),
            (header + "1,2,a,200,OK,true,\"never ends,1\n", 2, "the line is cut off"),
            (header + "1,2,a,200,OK,true,,1", 2, "the line is cut off"),
            (header + "1,2,a,200,OK,true,,-5\n", 2, "allThreads must be a number from 1, found '-5'"),
            (header + "2026/11/28 10:00,2,a,200,OK,true,,1\n", 2, "timeStamp must be milliseconds"),
            (header + "1,fast,a,200,OK,true,,1\n", 2, "elapsed must be a number of milliseconds, found 'fast'"),
            (header + "1,-2,a,200,OK,true,,1\n", 2, "elapsed must be"),
            (header + "1,2,a,200,OK,\"a\nb\",,1\n", 2, "success must be true or false"),
            (header + "\n\n1,2,a,200,OK,true,,1\n1,2,a,200,OK,TRUE,,1\n", 5, "success must be true or false, found 'TRUE'"),
        ] as [(String, Int?, String)])
    func whatIsWrongIsNamed(_ text: String, _ line: Int?, _ reason: String) throws {
        let error = #expect(throws: ReportError.self) { _ = try read(text) }
        #expect(error?.file == "x.jtl" && error?.line == line, "\(String(describing: error))")
        #expect(error?.reason.hasPrefix(reason) == true, "\(String(describing: error))")
    }
}
