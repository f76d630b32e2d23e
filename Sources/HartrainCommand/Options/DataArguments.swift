import ArgumentParser
import CommandSupport
import HAR
import Layers
import Platform
import StrictJSON
import TimeSeries
import Training

/// Where windows come from.
struct DataArguments: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The data: a folder in UCI HAR's layout, or 'synthetic' (or 'synthetic:SEED') for generated windows. "
                + "Default: the environment variable HAR_DATA, else Data.", valueName: "path"))
    var data: String?

    @Flag(name: .customLong("no-cache"), help: "Parse the text files instead of using the cache.")
    var withoutCache = false

    /// Where the windows come from.
    /// - Parameter fallback: Used instead of the environment and the default where `--data` is not given.
    private func place(fallback: String?) -> String { data ?? fallback ?? Environment.value("HAR_DATA") ?? "Data" }

    /// The whole path of the data; nil where it is generated.
    func path(fallback: String?) -> String? { Files.wholePath(place(fallback: fallback)) }

    /// Whether data was named, or is in the usual place.
    func isThere() throws -> Bool {
        let place = place(fallback: nil)
        return try data != nil || DataSource.syntheticSeed(place) != nil || HARReader.isMeant(by: place)
    }

    /// What the windows hold, before they are read; UCI HAR's format where there are none, which `load` will say.
    func format(fallback: String? = nil) throws -> WindowFormat {
        let place = place(fallback: fallback)
        guard try DataSource.syntheticSeed(place) == nil, HARReader.isMeant(by: place) else { return UCIHAR.format }
        return try HARReader.format(place)
    }

    /// Reads or generates the windows.
    /// - Parameter fallback: As for `format`.
    /// - Returns: The data and, for the header, what the cache did.
    func load(fallback: String? = nil) throws -> (data: Dataset, note: String) {
        let place = place(fallback: fallback)
        if let seed = try DataSource.syntheticSeed(place) {
            return (SyntheticHAR(seed: seed).generate(), "generated")
        }
        guard HARReader.isMeant(by: place) else {
            do throws(WindowError) {
                return (try HARReader.read(place), "no cache")
            } catch {
                throw CommandError("\(error), name its folder with --data PATH, or use --data synthetic")
            }
        }
        let (data, note) = try read(place)
        if data.hash != UCIHAR.hash, !HARReader.namesClasses(place) {
            Terminal.write(
                "warning: \(place) has no activity_labels.txt, so its labels 1 to \(data.format.classes.count) are taken for UCI HAR's: "
                    + "\(data.format.classes.joined(separator: ", "))\n", to: .standardError)
        }
        return (data, note)
    }

    private func read(_ place: String) throws -> (data: Dataset, note: String) {
        guard !withoutCache, let cache = WindowCache(environment: Environment.value) else {
            return (try HARReader.read(place), "no cache")
        }
        let (data, outcome) = try HARReader.read(place, cache: cache)
        return (data, DataArguments.text(outcome))
    }

    private static func text(_ outcome: WindowCache.Outcome) -> String {
        switch outcome {
        case .hit: "from the cache"
        case .stored: "parsed and cached"
        case .replaced(_, let reason): "parsed; the cache was replaced (\(reason))"
        case .notStored(let reason): "parsed; not cached (\(ErrorLine.text(reason)))"
        }
    }
}

/// How training windows are divided and standardised.
struct DivisionArguments: ParsableArguments {
    @Option(
        help: "Windows held out for validation: a share of each activity (stratified) or whole volunteers. (default: stratified)")
    var split: SplitName?

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("The share of the training windows that is held out. (default: 0.25)", valueName: "share"))
    var validationFraction: Double?

    @Option(help: "Standardise by the training windows' statistics. (default: channel-step)")
    var standardize: Standardization.Kind?

    /// The options with what was given on the command line.
    func apply(to options: inout Division) throws {
        if let split { options.split = split.kind }
        if let validationFraction {
            guard validationFraction > 0, validationFraction < 1 else {
                throw ValidationError("--validation-fraction must be above 0 and below 1, not \(validationFraction)")
            }
            options.validationFraction = validationFraction
        }
        if let standardize { options.standardization = standardize }
    }

    var isEmpty: Bool { split == nil && validationFraction == nil && standardize == nil }
}

/// The ways to split, as people who know UCI HAR call them.
enum SplitName: String, CaseIterable, ExpressibleByArgument {
    case stratified
    case volunteers

    init(_ kind: Split.Kind) {
        switch kind {
        case .stratified: self = .stratified
        case .groups: self = .volunteers
        }
    }

    var kind: Split.Kind {
        switch self {
        case .stratified: .stratified
        case .volunteers: .groups
        }
    }
}

extension Standardization.Kind: ExpressibleByArgument {}
