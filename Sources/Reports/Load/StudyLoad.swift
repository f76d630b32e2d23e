import Platform

/// What the study's text says of its load tests, each beside what was measured here; its curves are pictures without tables.
///
/// Trieu, Javadi, Basilakis, Toosi, on the performance of serverless edge computing for machine learning. Which runs are meant is told by
/// the words of their labels: helloworld with node or python, cnn, lstm.
struct StudyLoad {
    private let cells: [LoadRuns.Cell]

    /// - Parameter cells: The runs. Cold ones are left out: the study's functions had been asked before.
    init(_ cells: [LoadRuns.Cell]) {
        self.cells = cells.filter { $0.kind != "cold" }
    }

    /// The study's numbers, each with ours.
    var table: ReportTable {
        let (node, python) = (all("helloworld", "node"), all("helloworld", "python"))
        let (cnn, lstm) = (all("cnn"), all("lstm"))
        return ReportTable(
            "Beside the text of the study of Trieu, Javadi, Basilakis and Toosi (four Raspberry Pi 4, MicroK8s, WiFi, 1000 requests; other machines, so no goal)",
            header: ["what", "there", "here"],
            rows: [
                ["HelloWorld in Node.js, mean", "under 50 ms (OpenFaaS), 10 to 50 ms (Kubeless)", means(node)],
                ["HelloWorld in Python, mean", "under 800 ms (OpenFaaS, Kubeless)", means(python)],
                [
                    "response time in Python over that in Node.js",
                    "10.3 (Kubeless, 20 users), 19.9 (OpenFaaS, 15 users), about 1 (Fission)",
                    StudyLoad.range(pairs(node, "node", "python").map { $1 / $0 }, "times"),
                ],
                ["the CNN answers faster than the LSTM", "yes", faster(pairs(cnn, "cnn", "lstm"))],
                [
                    "requests that succeed, CNN and LSTM",
                    "100 % (Kubeless, Fission, 1 user), 98 to 99 % (OpenFaaS, funcX), down to 97 % (funcX, more users)",
                    success(cnn + lstm),
                ],
                [
                    "autoscaling against 4 pods, CNN", "27 % (1 user) and 100 % (5 users) better (Fission)", scaling(cnn),
                ],
                ["autoscaling against 4 pods, LSTM", "5 % (1 user) and 30 % (5 users) better (Fission)", scaling(lstm)],
            ])
    }

    private static let missing = "not measured"

    /// The cells whose labels have all of the words.
    private func all(_ words: String...) -> [LoadRuns.Cell] {
        cells.filter { cell in words.allSatisfy { cell.label.lowercased().contains($0) } }
    }

    private static func range(_ values: [Double], _ unit: String) -> String {
        guard let least = values.min(), let most = values.max() else { return missing }
        let (low, high) = (NumberText.significant(least), NumberText.significant(most))
        return low == high ? "\(low) \(unit)" : "\(low) to \(high) \(unit)"
    }

    private func means(_ cells: [LoadRuns.Cell]) -> String { StudyLoad.range(cells.compactMap(\.spread?.mean), "ms") }

    /// The mean times of cells and of those that are alike but for a word.
    private func pairs(_ cells: [LoadRuns.Cell], _ word: String, _ other: String) -> [(Double, Double)] {
        cells.compactMap { cell in
            let label = cell.label.lowercased().replacing(word, with: other)
            let like = self.cells.first {
                $0.label.lowercased() == label && $0.kind == cell.kind && $0.users == cell.users && $0.isScaled == cell.isScaled
            }
            guard let one = cell.spread?.mean, let two = like?.spread?.mean else { return nil }
            return (one, two)
        }
    }

    private func faster(_ pairs: [(cnn: Double, lstm: Double)]) -> String {
        guard !pairs.isEmpty else { return StudyLoad.missing }
        let count = pairs.count { $0.cnn < $0.lstm }
        return count == pairs.count ? "yes" : "in \(count) of \(NumberText.count(pairs.count, "comparison"))"
    }

    private func success(_ cells: [LoadRuns.Cell]) -> String {
        guard let least = cells.map(\.successRate).min(), let most = cells.map(\.successRate).max() else {
            return StudyLoad.missing
        }
        return least == most ? NumberText.percent(least) : "\(NumberText.percent(least)) to \(NumberText.percent(most))"
    }

    /// What an autoscaler changed of a function's mean time: the function is the first word of the labels.
    private func scaling(_ cells: [LoadRuns.Cell]) -> String {
        let texts = cells.filter(\.isScaled).compactMap { scaled -> String? in
            let function = StudyLoad.function(scaled)
            // Of the same kind: a client that has run for longer is quicker by itself.
            let fixed = cells.first {
                !$0.isScaled && $0.pods.contains { $0.most == 4 } && StudyLoad.function($0) == function && $0.kind == scaled.kind
                    && $0.users == scaled.users
            }
            guard let with = scaled.spread?.mean, let without = fixed?.spread?.mean else { return nil }
            let change = without / with - 1
            let share = NumberText.significant(abs(change) * 100)
            return "\(function) \(share) % \(change < 0 ? "worse" : "better") (\(NumberText.count(scaled.users, "user")))"
        }
        return texts.isEmpty ? StudyLoad.missing : texts.joined(separator: ", ")
    }

    private static func function(_ cell: LoadRuns.Cell) -> Substring { cell.label.prefix { $0 != " " } }
}
