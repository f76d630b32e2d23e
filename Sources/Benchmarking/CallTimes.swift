/// About what calls of some windows take, from a few calls of few windows.
public struct CallTimes: Sendable {
    /// The seconds of the calls that were tried, by their windows.
    private let known: [Int: Double]

    /// A call that is expected to take longer is not tried.
    static let longest = 0.5
    /// The windows of the first call where all are to have more.
    static let fewWindows = 16

    /// Tries calls, from few windows to many, and none of those that would take long.
    /// - Parameters:
    ///   - batches: Numbers of windows that are of interest.
    ///   - call: The seconds of one call of some windows; nil where there is no such call.
    public init<Failure: Error>(
        of batches: [Int], _ call: (_ windows: Int) throws(Failure) -> Double?
    ) throws(Failure) {
        var known: [Int: Double] = [:]
        let ascending = Set(batches).sorted()
        let first = ascending.first.map { $0 > CallTimes.fewWindows ? [CallTimes.fewWindows] : [] } ?? []
        for windows in first + ascending {
            if let seconds = CallTimes.seconds(windows, known), seconds > CallTimes.longest { break }
            known[windows] = try call(windows)
        }
        self.known = known
    }

    /// About the seconds of a call; nil where no call of as many windows or fewer succeeded.
    public func seconds(windows: Int) -> Double? { CallTimes.seconds(windows, known) }

    /// As long for each window as the largest call that is known and no larger.
    private static func seconds(_ windows: Int, _ known: [Int: Double]) -> Double? {
        known.filter { $0.key <= windows }.max { $0.key < $1.key }.map { $0.value * Double(windows) / Double($0.key) }
    }
}
