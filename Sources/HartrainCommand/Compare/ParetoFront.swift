/// Choices between a quality that should be high and a cost that should be low.
struct ParetoFront {
    /// One choice.
    struct Choice {
        let name: String
        /// What its quality was reached by, for people.
        let effort: String
        let quality: Double
        let cost: Double
    }

    let choices: [Choice]

    /// A choice that is as good and as cheap, and better in one of both; nil where there is none: then the choice is on the front.
    func better(than choice: Choice) -> Choice? {
        choices.first {
            $0.quality >= choice.quality && $0.cost <= choice.cost && ($0.quality > choice.quality || $0.cost < choice.cost)
        }
    }

    /// The choices that no other beats in both, the cheapest first.
    var front: [Choice] { choices.filter { better(than: $0) == nil }.sorted { $0.cost < $1.cost } }

    /// The others, each with a choice that beats it.
    var dominated: [(choice: Choice, by: Choice)] {
        choices.compactMap { choice in better(than: choice).map { (choice, $0) } }
    }
}
