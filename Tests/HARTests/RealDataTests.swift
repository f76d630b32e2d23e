import Glibc
import Platform
import Testing
import TimeSeries

@testable import HAR

/// The folder of the real data, from the environment.
private let realData = unsafe getenv("HAR_DATA").map { unsafe String(cString: $0) }

@Suite(.enabled(if: realData != nil, "set HAR_DATA to the folder of the UCI HAR data set"))
struct RealDataTests {
    @Test func holdsWhatThePaperSays() throws {
        let data = try HARReader.read(#require(realData))
        #expect(data.train.count == 7352)
        #expect(data.test.count == 2947)
        #expect(data.train.classCounts == [1226, 1073, 986, 1286, 1374, 1407])
        #expect(data.test.classCounts == [496, 471, 420, 491, 532, 537])
        #expect(data.train.distinctGroups == UCIHAR.trainVolunteers)
        #expect(data.test.distinctGroups == UCIHAR.testVolunteers)
        #expect(data.train.groups.count { $0 == 25 } == 409)
        #expect(data.test.groups.count { $0 == 13 } == 327)

        // The first line of train/Inertial Signals/body_acc_x_train.txt begins with these.
        for (step, value) in [1.8085150e-4, 1.0138560e-2, 9.2755740e-3].enumerated() {
            #expect(abs(Double(data.train.values[step * 9]) - value) < 1e-6)
        }
        // A person at rest feels 1 g; standing (volunteer 1's first windows), mostly along x.
        #expect(data.train.labels[0] == 4)
        #expect(abs(data.train.values[6] - 1.012817) < 1e-5)
        #expect(try Split.stratified(labels: data.train.labels, seed: 1).validation.count == 1838)
    }
}
