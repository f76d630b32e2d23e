import Platform

/// Channels of a recording over time, one beneath the other, and under them the answers to it with their confidence.
public struct Signals: Chart {
    /// What one sensor saw.
    public struct Channel: Sendable {
        /// What the sensor is called, with its unit.
        public let name: String
        /// What it saw, at equal distances in time.
        public let values: [Float]

        /// A channel; where a value is not finite its line is interrupted.
        public init(_ name: String, _ values: [Float]) {
            self.name = DisplayText.line(name)
            self.values = values
        }
    }

    /// The class that a part of a recording was taken for.
    public struct Answer: Sendable, Equatable {
        /// From when to when, on the recording's clock.
        public let time: ClosedRange<Double>
        /// The class's index.
        public let label: Int
        /// How probable the model took it to be, from 0 to 1.
        public let confidence: Double

        /// An answer.
        public init(_ time: ClosedRange<Double>, _ label: Int, confidence: Double) {
            self.time = time
            self.label = label
            self.confidence = confidence
        }
    }

    public let heading: ChartHeading
    /// The axis that all share.
    public let timeAxis: Axis
    /// When the first values are from.
    public let start: Double
    /// From one value to the next, on the time axis.
    public let interval: Double
    /// The channels, from the top downwards.
    public let channels: [Channel]
    /// The names of the classes.
    public let classes: [String]
    /// What parts of the recording were taken for.
    public let answers: [Answer]

    private static let channelHeight = 62.0
    private static let rowHeight = 22.0

    /// Channels and answers.
    /// - Parameters:
    ///   - time: What the time axis is called, with its unit.
    ///   - start: When the first values are from.
    ///   - interval: From one value to the next: 0.02 for seconds at 50 Hz.
    ///   - classes: The names of the classes; those that were never an answer are not drawn.
    /// - Throws: A `ChartError` that names the channel or the answer that is wrong.
    public init(
        _ heading: ChartHeading, time: String, start: Double = 0, interval: Double, channels: [Channel], classes: [String] = [],
        answers: [Answer] = []
    ) throws(ChartError) {
        guard start.magnitude <= 1e15, interval > 0, interval <= 1e9 else {
            throw ChartError("start and interval must be finite, the interval above 0, found \(start) and \(interval)")
        }
        for (index, answer) in answers.enumerated() {
            guard classes.indices.contains(answer.label) else {
                throw ChartError("answer \(index): its class must be one of \(classes.count), found \(answer.label)")
            }
            guard (0...1).contains(answer.confidence) else {
                throw ChartError("answer \(index): its confidence must be from 0 to 1, found \(answer.confidence)")
            }
            guard answer.time.lowerBound.magnitude <= 1e15, answer.time.upperBound.magnitude <= 1e15 else {
                throw ChartError("answer \(index): its time must be finite, found \(answer.time)")
            }
        }
        self.heading = heading
        timeAxis = Axis(time)
        self.start = start
        self.interval = interval
        self.channels = channels
        self.classes = classes.map(DisplayText.line)
        self.answers = answers
    }

    /// The time that channels and answers cover.
    private var extent: ClosedRange<Double>? {
        var extent = Extent()
        let longest = channels.map(\.values.count).max() ?? 0
        if longest > 0 {
            extent.add(start)
            extent.add(start + interval * Double(longest - 1))
        }
        for answer in answers {
            extent.add(answer.time.lowerBound)
            extent.add(answer.time.upperBound)
        }
        return extent.range
    }

    /// The classes that were an answer, in their order.
    private var answered: [Int] {
        let labels = Set(answers.map(\.label))
        return classes.indices.filter(labels.contains)
    }

    public func draw(on canvas: inout Canvas) {
        let style = TextStyle.label
        let scales = channels.map { channel -> (scale: Scale, ticks: [Tick]) in
            var extent = Extent()
            for value in channel.values where value.isFinite { extent.add(Double(value)) }
            let scale = Scale(Axis(""), extent.range, ticks: 2, isRounded: true)
            // The ends of a scale between ticks say how high it is.
            let ticks = scale.ticks(2)
            return (scale, ticks.count > 3 ? [ticks[0], ticks[ticks.count - 1]] : ticks)
        }
        let rows = answered
        let rowNames = rows.map { TextFit.wrapped(classes[$0], to: canvas.innerWidth * 0.3, lines: 2) }
        let widest = scales.flatMap(\.ticks).map { TextMetrics.width($0.label) } + rowNames.joined().map { TextMetrics.width($0) }
        let left = Canvas.margin + (widest.max() ?? 0).rounded(.up) + 8
        let right = canvas.right - 8
        let time = Scale(timeAxis, extent, ticks: Int((right - left) / 70), isRounded: false)
        let top = canvas.cursor
        // Lines through everything are drawn first; where they end is known by then.
        let height = rowNames.reduce(0.0) { $0 + Signals.height($1) } + (rows.isEmpty ? 0 : style.lineHeight + 8)
        let bottom = top + Double(channels.count) * (Signals.channelHeight + style.lineHeight + 4) + height
        time.drawBeneath(
            TextBox(left: left, top: top, right: right, bottom: bottom), named: timeAxis.label, isGridded: true, on: &canvas)
        let end = canvas.cursor
        canvas.cursor = top
        for (channel, scale) in zip(channels, scales) { draw(channel, scale.scale, scale.ticks, time, left, right, on: &canvas) }
        if !rows.isEmpty {
            let words = TextFit.shortened("answers, as high as confident", to: right - left)
            canvas.cursor += 8
            canvas.text(PlacedText(text: words, place: Point(x: left, y: canvas.cursor + style.ascent)), "ch-halo")
            canvas.cursor += style.lineHeight
        }
        for (row, names) in zip(rows, rowNames) { draw(row, names, time, left, right, on: &canvas) }
        canvas.line(Point(x: left, y: bottom), Point(x: right, y: bottom), "ch-axis")
        canvas.cursor = end
        let missing = channels.reduce(0) { $0 + $1.values.reduce(0) { $0 + ($1.isFinite ? 0 : 1) } }
        canvas.notes([
            channels.isEmpty && rows.isEmpty ? "There are no values." : "",
            missing > 0 ? "Left out, since not finite: \(NumberText.count(missing, "value"))" : "",
        ])
    }

    private static func height(_ names: [String]) -> Double {
        max(rowHeight, Double(names.count) * TextStyle.label.lineHeight + 4)
    }

    private func draw(
        _ channel: Channel, _ scale: Scale, _ ticks: [Tick], _ time: Scale, _ left: Double, _ right: Double,
        on canvas: inout Canvas
    ) {
        let style = TextStyle.label
        let name = TextFit.shortened(channel.name, to: right - left, keeping: .ends)
        canvas.text(PlacedText(text: name, place: Point(x: left, y: canvas.cursor + style.ascent + 2)), "ch-halo")
        let top = canvas.cursor + style.lineHeight + 4
        let (height, bottom) = (Signals.channelHeight - 12, top + Signals.channelHeight - 12)
        for tick in ticks {
            let y = bottom - height * scale.share(tick.value)
            canvas.line(Point(x: left, y: y), Point(x: right, y: y), "ch-grid")
            canvas.text(PlacedText(text: tick.label, place: Point(x: left - 8, y: y + 4.5), anchor: .end), "ch-muted")
        }
        var reduction = LineReduction()
        for (index, value) in channel.values.enumerated() {
            guard value.isFinite else {
                reduction.interrupt()
                continue
            }
            let x = left + (right - left) * time.share(start + interval * Double(index))
            reduction.add(Point(x: x, y: bottom - height * scale.share(Double(value))))
        }
        reduction.interrupt()
        var path = PathData()
        for points in reduction.lines { path.add(points) }
        canvas.path(path, "ch-line ch-thin ch-s1")
        canvas.cursor += Signals.channelHeight + style.lineHeight + 4
    }

    /// Draws the answers of a class: as high as the model was confident.
    private func draw(_ row: Int, _ names: [String], _ time: Scale, _ left: Double, _ right: Double, on canvas: inout Canvas) {
        let style = TextStyle.label
        let height = Signals.height(names)
        let base = canvas.cursor + height
        for (line, name) in names.enumerated() {
            let first = canvas.cursor + height / 2 - Double(names.count - 1) * style.lineHeight / 2
            let place = Point(x: left - 8, y: first + Double(line) * style.lineHeight + 4.5)
            canvas.text(PlacedText(text: name, place: place, anchor: .end))
        }
        canvas.line(Point(x: left, y: base), Point(x: right, y: base), "ch-grid")
        var path = PathData()
        for area in areas(row, time, left, right) {
            path.rectangle(area.left, base - max(2, (height - 4) * area.confidence), area.right, base)
        }
        canvas.path(path, "ch-f\(Palette.number(row))")
        canvas.cursor = base
    }

    /// Where the answers of a class are drawn: each by itself, or, where there are more than can be seen, the highest of each column.
    private func areas(_ row: Int, _ time: Scale, _ left: Double, _ right: Double) -> [(
        left: Double, right: Double, confidence: Double
    )] {
        let own = answers.lazy.filter { $0.label == row }.map { answer in
            let (from, to) = (time.share(answer.time.lowerBound), time.share(answer.time.upperBound))
            return (left: left + (right - left) * from, right: left + (right - left) * to, confidence: answer.confidence)
        }
        let columns = Int(right - left) + 1
        guard answers.count > columns / 3 else {
            // A gap shows where one ends and the next begins.
            return own.map { ($0.left, max($0.left + 1, $0.right - 0.8), $0.confidence) }
        }
        var highest = [Double](repeating: -1, count: columns)
        for area in own {
            let (first, last) = (Int(area.left - left), max(Int(area.left - left), Int((area.right - left).rounded(.up)) - 1))
            for column in max(0, first)...min(max(0, last), columns - 1) {
                highest[column] = max(highest[column], area.confidence)
            }
        }
        var areas: [(left: Double, right: Double, confidence: Double)] = []
        for (column, confidence) in highest.enumerated() where confidence >= 0 {
            let (from, to) = (left + Double(column), min(left + Double(column + 1), right))
            // Neighbours of one height are one area.
            if let last = areas.last, last.right == from, (last.confidence * 40).rounded() == (confidence * 40).rounded() {
                areas[areas.count - 1].right = to
            } else if to > from {
                areas.append((from, to, confidence))
            }
        }
        return areas
    }

    /// The answers; of many, how often each class was one.
    public var table: ChartTable {
        let format = NumberFormat.number
        guard answers.count > 60 else {
            return ChartTable(
                header: ["from", "to", "answer", "confidence"],
                rows: answers.map {
                    [
                        format.text($0.time.lowerBound), format.text($0.time.upperBound), classes[$0.label],
                        NumberText.percent($0.confidence),
                    ]
                })
        }
        return ChartTable(
            header: ["answer", "times", "mean confidence"],
            rows: answered.map { label in
                let own = answers.lazy.filter { $0.label == label }.map(\.confidence)
                let (count, sum) = own.reduce((0, 0.0)) { ($0.0 + 1, $0.1 + $1) }
                return [classes[label], NumberText.grouped(count), NumberText.percent(sum / Double(count))]
            })
    }
}
