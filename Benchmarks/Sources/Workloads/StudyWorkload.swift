import Benchmarking
import Glibc
import HAR
import Layers
import TimeSeries

extension Workload {
    /// A training step of one of the study's models.
    public static func step(_ study: StudyModel, batch: Int, threads: Int) throws -> Workload {
        try step(study.description, recipe: study.recipe(batch: batch), threads: threads)
    }

    /// A prediction with one of the study's models.
    public static func prediction(_ study: StudyModel, windows: Int, threads: Int) throws -> Workload {
        try prediction(study.description, windows: windows, threads: threads)
    }

    /// Reading UCI HAR from the cache, the text not read again while nothing has touched it; the first time from the text.
    public static func cachedReading(_ path: String) -> Workload {
        let cache = WindowCache { unsafe getenv($0).map { unsafe String(cString: $0) } }
        return Workload {
            do throws(WindowError) {
                guard let cache else { fatalError("no cache: set HARTRAIN_CACHE") }
                let data = try HARReader.read(path, cache: cache)
                guard data.data.train.count > 0 else { fatalError("\(path) holds no windows") }
            } catch {
                fatalError("\(error)")
            }
        }
    }
}
