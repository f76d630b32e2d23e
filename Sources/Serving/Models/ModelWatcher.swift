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

    /// What is known of a place.
    private struct Place {
        let place: ModelPlace
        /// The SHA-256 of the version that was refused last: it is not looked at again.
        var refused: String?
        /// Whether it was said that nothing comes from there, and nothing has come since.
        var isSilent = false
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var known = places.map { Place(place: $0) }
            while (try? await Task.sleep(for: interval)) != nil {
                for index in known.indices { await look(at: &known[index]) }
            }
        }
    }

    private func look(at known: inout Place) async {
        let (place, refused) = (known.place, known.refused)
        do {
            // It waits for disk and network, so it has a thread of its own.
            let version = try await NIOThreadPool.singleton.runIfActive { try next(place, besides: refused) }
            known.isSilent = false
            guard let version else { return }
            switch version.model {
            case .success(let model):
                registry.set(model)
                known.refused = nil
                metrics.switches.add(1)
                logger.notice("a new version is served", metadata: ["model": "\(model.name)", "sha256": "\(model.sha256)"])
            case .failure(let error):
                known.refused = version.sha256
                complain("\(error)", of: place)
            }
        } catch {
            guard !known.isSilent else { return }
            known.isSilent = true
            complain("\(error)", of: place)
        }
    }

    private func complain(_ error: String, of place: ModelPlace) {
        metrics.failedLoads.add(1)
        logger.error(
            "the new version cannot be used; the one before goes on",
            metadata: ["model": "\(place.name)", "error": "\(error)"])
    }

    /// The version that is at a place now, or nil where it is the one that is served or the one that was refused.
    private func next(
        _ place: ModelPlace, besides refused: String?
    ) throws -> (sha256: String, model: Result<ServedModel, any Error>)? {
        let weights = try loader.weights(place.place)
        let current = try registry.model(place.name)
        let sha256 = weights.download?.object.sha256 ?? SHA256.hex(of: weights.bytes)
        guard sha256 != current.sha256, sha256 != refused else { return nil }
        return (sha256, Result { try model(of: weights, in: place, after: current) })
    }

    /// - Throws: What keeps the version from taking the place of the one before.
    private func model(of weights: Weights, in place: ModelPlace, after current: ServedModel) throws -> ServedModel {
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
