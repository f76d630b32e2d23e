/// A dictionary with text keys that keeps the order in which keys were added, so that what is written is the same every time.
///
/// Two maps are equal when they hold the same members in the same order. Keys are compared as Swift compares strings, that is
/// by Unicode canonical equivalence.
public struct OrderedMap<Value> {
    /// One key and its value.
    public struct Member {
        /// The key.
        public let key: String
        /// The value.
        public fileprivate(set) var value: Value
    }

    /// The members, in the order in which their keys were added.
    public private(set) var members: [Member] = []
    private var positions: [String: Int] = [:]

    /// An empty map.
    public init() {}

    /// The keys, in order.
    public var keys: [String] { members.map(\.key) }

    /// The number of members.
    public var count: Int { members.count }

    /// Whether there is no member.
    public var isEmpty: Bool { members.isEmpty }

    /// The value of a key, or nil.
    public subscript(key: String) -> Value? {
        guard let position = positions[key] else { return nil }
        return members[position].value
    }

    /// Sets the value of a key: a known key keeps its place, a new one goes to the end.
    public mutating func set(_ key: String, _ value: Value) {
        if let position = positions[key] {
            members[position].value = value
        } else {
            positions[key] = members.count
            members.append(Member(key: key, value: value))
        }
    }
}

extension OrderedMap.Member: Equatable where Value: Equatable {}
extension OrderedMap.Member: Sendable where Value: Sendable {}
extension OrderedMap: Sendable where Value: Sendable {}

extension OrderedMap: Equatable where Value: Equatable {
    public static func == (a: OrderedMap, b: OrderedMap) -> Bool { a.members == b.members }
}

extension OrderedMap: ExpressibleByDictionaryLiteral {
    /// A map written out.
    /// - Precondition: no key is written twice.
    public init(dictionaryLiteral elements: (String, Value)...) {
        for (key, value) in elements {
            precondition(self[key] == nil, "the key '\(key)' is written twice")
            set(key, value)
        }
    }
}
