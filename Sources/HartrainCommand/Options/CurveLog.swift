import ArgumentParser

/// A tool that a run logs its curves for.
enum CurveLog: String, ExpressibleByArgument, CaseIterable {
    case tensorboard
}
