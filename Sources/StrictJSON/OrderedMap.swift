/// A dictionary with text keys that keeps the order in which keys were added, so that what is written is the same every time.
///
/// Two maps are equal when they hold the same members in the same order. Keys are compared byte by byte (RFC 8259, section 8.3), not by
/// Unicode canonical equivalence as Swift compares strings: other readers of the same file tell such keys apart.
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
    private var positions: [Name: Int] = [:]

    /// A key as its bytes.
    private struct Name: Hashable {
        let text: String

        static func == (a: Name, b: Name) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

        func hash(into hasher: inout Hasher) {
            for byte in text.utf8 { hasher.combine(byte) }
        }
    }

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
        guard let position = positions[Name(text: key)] else { return nil }
        return members[position].value
    }

    /// Sets the value of a key: a known key keeps its place, a new one goes to the end.
    public mutating func set(_ key: String, _ value: Value) {
        if let position = positions[Name(text: key)] {
            members[position].value = value
        } else {
            positions[Name(text: key)] = members.count
            members.append(Member(key: key, value: value))
        }
    }
}

extension OrderedMap.Member: Equatable where Value: Equatable {
    public static func == (a: OrderedMap.Member, b: OrderedMap.Member) -> Bool {
        a.key.utf8.elementsEqual(b.key.utf8) && a.value == b.value
    }
}
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
