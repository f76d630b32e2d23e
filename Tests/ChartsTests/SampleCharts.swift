import Charts

/// One chart of every kind as reports have them, and charts of names and values that nobody wishes for.
enum SampleCharts {
    static let activities = ["WALKING", "WALKING_UPSTAIRS", "WALKING_DOWNSTAIRS", "SITTING", "STANDING", "LAYING"]

    static let all: [(name: String, chart: any Chart)] = {
        do {
            return [
                ("curves", try curves()), ("loss", try loss()), ("users", try users()), ("cdf", try cdf()), ("pods", try pods()),
                ("bars", try bars()), ("bars-intervals", try intervals()), ("boxes", try boxes()), ("confusion", try confusion()),
                ("confusion-many", try manyClasses()), ("reliability", try reliability()), ("signals", try signals()),
                ("signals-long", try longSignals()), ("hostile", try hostile()), ("hostile-bars", try hostileBars()),
                ("empty", try empty()), ("seven-lines", try sevenLines()),
            ]
        } catch { preconditionFailure("\(error)") }
    }()

    static func curves() throws(ChartError) -> LineChart {
        var numbers = SampleNumbers(1)
        func curve(_ top: Double, _ speed: Double) -> [LineSeries.Point] {
            (1...200).map { epoch in
                .init(x: Double(epoch), y: top - 0.8 * speed / (speed + Double(epoch)) + 0.008 * numbers.noise())
            }
        }
        let (training, validation) = (curve(1.0, 4), curve(0.975, 5))
        let best = validation.max { $0.y < $1.y } ?? .init(x: 0, y: 0)
        return try LineChart(
            ChartHeading(
                title: "Accuracy of training and validation", subtitle: "cnn on UCI HAR, 200 epochs, batches of 600",
                description: "Both curves rise quickly and level off near 97 %; validation is best at epoch \(Int(best.x))."),
            x: Axis("epoch", isWhole: true), y: Axis("accuracy", format: .percent),
            [
                LineSeries("training", training),
                LineSeries("validation", validation, marks: [.init(at: best, "best: epoch \(Int(best.x))")]),
            ])
    }

    static func loss() throws(ChartError) -> LineChart {
        let points = (0...40).map { step in
            LineSeries.Point(x: Double(step), y: step == 17 ? .nan : 2.0 / Double(1 + step) + 0.002)
        }
        return try LineChart(
            ChartHeading(title: "Loss", description: "The loss falls from 2.0 to 0.05; at step 17 it was not a number."),
            x: Axis("step", isWhole: true), y: Axis("loss", .logarithmic), [LineSeries("loss", points)])
    }

    static func users() throws(ChartError) -> LineChart {
        func series(_ name: String, _ factor: Double, _ stroke: Stroke, _ colour: Int) -> LineSeries {
            let points = [1.0, 5, 10, 15, 20].map { LineSeries.Point(x: $0, y: 40 + factor * $0) }
            let intervals = points.map { LineSeries.Interval(x: $0.x, low: $0.y * 0.9, high: $0.y * 1.12) }
            return LineSeries(name, points, colour: colour, stroke: stroke, intervals: intervals)
        }
        return try LineChart(
            ChartHeading(
                title: "Mean response time by users", subtitle: "1,000 requests; bars: 95 % confidence of three runs",
                description: "Response times grow with users, faster without autoscaling."),
            x: Axis("users", includesZero: true, isWhole: true), y: Axis("mean response time (ms)", includesZero: true),
            [
                series("OpenFaaS, autoscaling", 9, .solid, 0), series("OpenFaaS, 4 pods", 14, .dashed, 0),
                series("Fission, autoscaling", 6.5, .solid, 1), series("Fission, 4 pods", 17, .dashed, 1),
            ])
    }

    static func cdf() throws(ChartError) -> CumulativeChart {
        var numbers = SampleNumbers(3)
        var distributions: [CumulativeChart.Distribution] = []
        for (index, users) in [1, 10, 20].enumerated() {
            for isScaled in [true, false] {
                let typical = (isScaled ? 12.0 : 17) * Double(users)
                let samples = (0..<1000).map { _ in numbers.latency(typical) }
                distributions.append(
                    try CumulativeChart.Distribution(
                        "n = \(users)" + (isScaled ? "" : ", not scaled"), samples: samples, colour: index,
                        stroke: isScaled ? .solid : .dashed))
            }
        }
        return try CumulativeChart(
            ChartHeading(
                title: "Response times", subtitle: "solid: with autoscaling, dashed: without",
                description:
                    "With 1 user half of the answers take 12 ms, with 20 users 240 ms, and a third longer without autoscaling."),
            axis: Axis("response time (ms)", .logarithmic), distributions)
    }

    static func pods() throws(ChartError) -> LineChart {
        let counts: [(Double, Double)] = [(0, 1), (45, 2), (75, 4), (150, 4), (210, 3), (270, 4), (420, 2), (480, 1), (540, 1)]
        return try LineChart(
            ChartHeading(
                title: "Pods over time", description: "From 1 pod to 4 within 75 seconds, and back to 1 after the load has ended."
            ),
            x: Axis("time (s)"), y: Axis("pods", includesZero: true, isWhole: true),
            [
                LineSeries(
                    "with autoscaling", counts.map { .init(x: $0.0, y: $0.1) }, join: .steps,
                    marks: [.init(at: .init(x: 75, y: 4), "4 pods after 75 s")]),
                LineSeries("without", [.init(x: 0, y: 4), .init(x: 540, y: 4)], stroke: .dashed, join: .steps),
            ])
    }

    static func bars() throws(ChartError) -> BarChart {
        try BarChart(
            ChartHeading(
                title: "Training time and validation accuracy", subtitle: "SYNTHETIC windows, not recordings of people",
                description: "The CNN takes 9.4 s on an AMD EPYC and 1,250 s on a Raspberry Pi 4."),
            axis: Axis("seconds", .logarithmic), kinds: ["these runs", "the study's figures"],
            [
                BarChart.Group(
                    "cnn",
                    [
                        .init("AMD EPYC 7B13, 2 threads", 9.4, note: "9.4 s, 0.991"),
                        .init("Raspberry Pi 4 Model B Rev 1.4, 4 threads", 1250, note: "1,250 s, 0.991"),
                        .init("study: laptop (x86)", 435, kind: 1, note: "435 s, 0.990"),
                        .init("study: Raspberry Pi 4", 6780, kind: 1, note: "6,780 s, 0.990"),
                    ]),
                BarChart.Group("lstm", [.init("AMD EPYC 7B13, 2 threads", 31.25, note: "31.3 s, 0.905")]),
            ])
    }

    static func intervals() throws(ChartError) -> BarChart {
        try BarChart(
            ChartHeading(title: "Mean response time", description: "Times grow from 12 ms to 240 ms with the number of users."),
            axis: Axis("milliseconds", includesZero: true), kinds: ["with autoscaling", "without", "the study"],
            [1, 5, 10].map { users in
                let mean = 12.0 * Double(users)
                return BarChart.Group(
                    "",
                    [
                        .init("n = \(users)", mean, interval: mean * 0.9...mean * 1.15),
                        .init("n = \(users)", mean * 1.4, kind: 1, interval: mean * 1.2...mean * 1.7),
                        .init("n = \(users)", mean * 1.1, kind: 2),
                    ])
            })
    }

    static func boxes() throws(ChartError) -> BoxPlot {
        var numbers = SampleNumbers(5)
        var groups: [BoxPlot.Group] = []
        for users in [1, 10, 20] {
            var boxes: [BoxPlot.Box] = []
            for (kind, name) in ["autoscaling", "4 pods"].enumerated() {
                let samples = (0..<1000).map { _ in numbers.latency((kind == 0 ? 12 : 16) * Double(users)) }
                boxes.append(try BoxPlot.Box(name, samples: samples, kind: kind))
            }
            groups.append(BoxPlot.Group("n = \(users)", boxes))
        }
        return try BoxPlot(
            ChartHeading(title: "Response times", description: "Medians and their spread grow with the number of users."),
            axis: Axis("milliseconds", .logarithmic), whiskers: .percentiles, kinds: ["with autoscaling", "without"], groups)
    }

    static func confusion() throws(ChartError) -> HeatMap {
        try HeatMap.confusion(
            ChartHeading(
                title: "Confusion matrix", subtitle: "2,947 test windows of 9 volunteers",
                description: "Most windows are found right; 52 of SITTING are taken for STANDING."),
            classes: activities,
            counts: [
                [490, 2, 4, 0, 0, 0], [11, 455, 5, 0, 0, 0], [3, 8, 409, 0, 0, 0], [0, 2, 0, 437, 52, 0], [0, 0, 0, 38, 494, 0],
                [0, 0, 0, 0, 0, 537],
            ])
    }

    static func manyClasses() throws(ChartError) -> HeatMap {
        var numbers = SampleNumbers(7)
        let counts = (0..<26).map { row in
            (0..<26).map { column in
                row == column ? 800 : numbers.share() < 0.1 ? Int(200 * numbers.share()) : 0
            }
        }
        return try HeatMap.confusion(
            ChartHeading(title: "Confusion of many classes", description: "The diagonal holds most."),
            classes: (0..<26).map { "gesture \($0)" }, counts: counts)
    }

    static func reliability() throws(ChartError) -> ReliabilityDiagram {
        try ReliabilityDiagram(
            ChartHeading(
                title: "Reliability", subtitle: "expected calibration error 0.031",
                description: "Answers of 50 to 80 % confidence are right less often than the model says."),
            [
                .init(confidence: 0.35, accuracy: 0.4, count: 8), .init(confidence: 0.46, accuracy: 0.41, count: 30),
                .init(confidence: 0.55, accuracy: 0.44, count: 61), .init(confidence: 0.65, accuracy: 0.54, count: 87),
                .init(confidence: 0.76, accuracy: 0.66, count: 120), .init(confidence: 0.86, accuracy: 0.81, count: 210),
                .init(confidence: 0.97, accuracy: 0.98, count: 2431),
            ])
    }

    /// Parts of a recording of which each is of a class.
    private static func channels(_ count: Int, part: Int) -> [Signals.Channel] {
        var numbers = SampleNumbers(11)
        return ["body acceleration x (g)", "body acceleration y (g)", "angular velocity z (rad/s)"].enumerated().map {
            index, name in
            var phase = 0.0
            let values = (0..<count).map { step -> Float in
                let isWalking = (step / part).isMultiple(of: 2)
                phase = phase > 1 ? -1 : phase + 0.04 + 0.01 * Double(index)
                return Float((isWalking ? 0.6 * phase : 0.02) + 0.15 * numbers.noise() + (index == 0 ? 1 : 0))
            }
            return Signals.Channel(name, values)
        }
    }

    static func signals() throws(ChartError) -> Signals {
        var numbers = SampleNumbers(13)
        let answers = (0..<12).map { window -> Signals.Answer in
            let start = Double(window) * 2.56
            let label = window / 3 % 2 == 0 ? (window == 7 ? 2 : 0) : (window == 4 ? 4 : 3)
            return .init(start...start + 2.56, label, confidence: window == 4 || window == 7 ? 0.52 : 0.9 + 0.1 * numbers.share())
        }
        return try Signals(
            ChartHeading(
                title: "Recording and answers", subtitle: "answers of the cnn, windows of 2.56 s",
                description: "Walking and sitting by turns; two windows are answered with little confidence."),
            time: "time (s)", interval: 0.02, channels: channels(1536, part: 384), classes: activities, answers: answers)
    }

    static func longSignals() throws(ChartError) -> Signals {
        var numbers = SampleNumbers(17)
        let answers = (0..<4000).map { window -> Signals.Answer in
            let start = Double(window) * 2.56
            let label = window / 500 % 2 == 0 ? 0 : numbers.share() < 0.05 ? 4 : 3
            return .init(start...start + 2.56, label, confidence: 0.5 + 0.5 * numbers.share())
        }
        return try Signals(
            ChartHeading(title: "Three hours", description: "Walking and sitting by turns."), time: "time (s)",
            interval: 2.56 / 16,
            channels: channels(64_000, part: 8000), classes: activities, answers: answers)
    }

    static let hostileNames = [
        "<script>alert(1)</script>", "\"quotes\" & 'apostrophes'", "tab\tline\nbell\u{7} nul\u{0}", "👩‍👩‍👧‍👦 family 🏃🏽‍♀️ running",
        String(repeating: "very_long_name_", count: 40), "\u{202E}gnp.exe\u{202C} \u{2066}x", "قائمة الانتظار", "עברית ממוקדת",
        "Z\u{300}\u{301}\u{302}\u{303}\u{304}\u{305}\u{306}\u{307}algo", "跑步機上的活動識別模型", "", " ", "]]>", "${x}", "%00&#0;",
    ]

    static func hostile() throws(ChartError) -> LineChart {
        let values = [Double.nan, .infinity, -.infinity, 1, 2, .leastNonzeroMagnitude, .greatestFiniteMagnitude, -3]
        return try LineChart(
            ChartHeading(title: hostileNames[0] + hostileNames[4], subtitle: hostileNames[5], description: hostileNames[2]),
            x: Axis(hostileNames[1]), y: Axis(hostileNames[3]),
            hostileNames.prefix(10).enumerated().map { index, name in
                LineSeries(
                    name, values.enumerated().map { .init(x: Double($0), y: $1 * Double(index + 1)) },
                    marks: [.init(at: .init(x: 4, y: Double(2 * (index + 1))), name)])
            })
    }

    static func hostileBars() throws(ChartError) -> BarChart {
        try BarChart(
            ChartHeading(title: "Names of all kinds", description: "Bars with names that are not to be trusted."),
            axis: Axis("value"),
            [BarChart.Group("a group", hostileNames.enumerated().map { .init($1, Double($0) - 4, kind: $0, note: $1) })])
    }

    static func empty() throws(ChartError) -> LineChart {
        try LineChart(
            ChartHeading(title: "Nothing yet", description: "There are no values."), x: Axis("epoch"), y: Axis("loss"),
            [LineSeries("loss", [])])
    }

    static func sevenLines() throws(ChartError) -> LineChart {
        let names = ["cnn", "lstm", "cnn-lstm", "conv-lstm", "transformer", "mlp", "baseline"]
        return try LineChart(
            ChartHeading(title: "Seven runs over each other", description: "All rise; the cnn is the fastest."),
            x: Axis("seconds of training", .logarithmic), y: Axis("validation accuracy", format: .percent, range: 0.4...1),
            names.enumerated().map { index, name in
                LineSeries(
                    name,
                    (1...100).map { step in
                        let seconds = Double(step) * (1 + Double(index))
                        return .init(x: seconds, y: 0.99 - 0.02 * Double(index) - 2.5 / (4 + seconds / (1 + 0.4 * Double(index))))
                    })
            })
    }
}
