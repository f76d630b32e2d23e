import Benchmark
import Benchmarking
import HAR
import Workloads

// `swift package --disable-sandbox benchmark` in this folder. Times are of this machine; allocations are counted by AllocationTests.
let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .throughput, .peakMemoryResident], warmupIterations: 3, maxDuration: .seconds(3))

    for model in StudyModel.allCases {
        for batch in [1, 600] {
            Benchmark("step \(model.rawValue) batch \(batch)") { benchmark, work in
                for _ in benchmark.scaledIterations { work.run() }
            } setup: {
                try Workload.step(model, batch: batch, threads: 2)
            }
        }
        for (windows, threads) in [(1, 1), (16, 1), (600, 2)] {
            Benchmark("prediction \(model.rawValue) \(windows) windows \(threads) threads") { benchmark, work in
                for _ in benchmark.scaledIterations { work.run() }
            } setup: {
                try Workload.prediction(model, windows: windows, threads: threads)
            }
        }
    }
    for layer in LayerWorkload.all {
        Benchmark("layer \(layer.name) forward 1 window") { benchmark, work in
            for _ in benchmark.scaledIterations { work.run() }
        } setup: {
            try layer.forward(windows: 1)
        }
        Benchmark("layer \(layer.name) step 16 windows") { benchmark, work in
            for _ in benchmark.scaledIterations { work.run() }
        } setup: {
            try layer.step(batch: 16)
        }
    }
    for kernel in KernelWorkload.all {
        Benchmark("kernel \(kernel.name)") { benchmark, work in
            for _ in benchmark.scaledIterations { work.run() }
        } setup: {
            kernel.workload()
        }
    }
    Benchmark("gemm 512") { benchmark, work in
        for _ in benchmark.scaledIterations { work.run() }
    } setup: {
        try Workload.matrixProduct(size: 512)
    }
}
