import Logging
import Models
import NIOPosix
import Platform
import ServiceLifecycle

/// Looks at the places of the models again and again, and lets a new version take the place of the one before between two requests.
///
/// A version that cannot be read, or whose windows or classes are others, never does: that is logged once.
struct ModelWatcher: Service {
    let places: [ModelPlace]
    let registry: ModelRegistry
    let loader: ModelLoader
    let interval: Duration
    let metrics: ServerMetrics
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var complaints: [String: String] = [:]
            while (try? await Task.sleep(for: interval)) != nil {
                for place in places { await look(at: place, &complaints) }
            }
        }
    }

    /// - Parameter complaints: What was last said about each model.
    private func look(at place: ModelPlace, _ complaints: inout [String: String]) async {
        do {
            // It waits for disk and network, so it has a thread of its own.
            let model = try await NIOThreadPool.singleton.runIfActive { try next(place) }
            complaints[place.name] = nil
            guard let model else { return }
            registry.set(model)
            metrics.switches.add(1)
            logger.notice("a new version is served", metadata: ["model": "\(model.name)", "sha256": "\(model.sha256)"])
        } catch {
            let text = "\(error)"
            // Of an error that comes again only the numbers change: how often it was tried, how long it took.
            let kind = text.filter { !$0.isNumber }
            guard complaints[place.name] != kind else { return }
            complaints[place.name] = kind
            metrics.failedLoads.add(1)
            logger.error(
                "the new version cannot be used; the one before goes on",
                metadata: ["model": "\(place.name)", "error": "\(text)"])
        }
    }

    /// The version that is at a place now, or nil where it is the one that is served.
    private func next(_ place: ModelPlace) throws -> ServedModel? {
        let weights = try loader.weights(place.place)
        let current = try registry.model(place.name)
        let sha256 = weights.download?.object.sha256 ?? SHA256.hex(of: weights.bytes)
        guard sha256 != current.sha256 else { return nil }
        let model = try ServedModel(name: place.name, weights, lanes: loader.lanes)
        guard model.format.shape == current.format.shape, model.format.classes == current.format.classes else {
            throw ServingError(
                "\(weights.source) takes windows of \(model.format.shape) and tells \(model.format.classes.count) classes apart, the "
                    + "version before \(current.format.shape) and \(current.format.classes.count), or they have other names: start a "
                    + "server of its own for it")
        }
        return model
    }
}
