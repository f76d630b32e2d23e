import ArgumentParser
import TimeSeries

/// The part of a data set that a command looks at.
enum DataPart: String, CaseIterable, ExpressibleByArgument {
    /// The windows of the nine volunteers never trained on.
    case test
    /// The windows of the 21 training volunteers, those held out for validation included.
    case train
    case all

    /// The halves of the data that belong to the part, each with its name.
    func halves(of data: Dataset) -> [(name: String, windows: WindowSet)] {
        let train = (name: DataPart.train.rawValue, windows: data.train)
        let test = (name: DataPart.test.rawValue, windows: data.test)
        return switch self {
        case .test: [test]
        case .train: [train]
        case .all: [train, test]
        }
    }
}
