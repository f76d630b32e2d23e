import Glibc

/// A colour of sRGB.
struct Colour: Equatable {
    /// Red, green and blue from 0 to 255.
    let channels: [Double]

    /// A colour by its number: 0xFF8800.
    init(_ number: Int) { channels = [number >> 16, number >> 8, number].map { Double($0 & 0xFF) } }

    private init(channels: [Double]) { self.channels = channels }

    /// As CSS writes it: #ff8800.
    var css: String {
        "#"
            + channels.map { channel in
                let value = Int(channel.rounded())
                return (value < 16 ? "0" : "") + String(value, radix: 16)
            }.joined()
    }

    /// A part of another colour over this one.
    func mixed(with other: Colour, _ share: Double) -> Colour {
        Colour(channels: zip(channels, other.channels).map { $0 + ($1 - $0) * share })
    }

    /// Red, green and blue as amounts of light, from 0 to 1.
    var light: [Double] {
        channels.map { channel in
            let value = channel / 255
            return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
        }
    }

    /// How well one colour is read on the other: WCAG's contrast ratio, from 1 to 21.
    func contrast(to other: Colour) -> Double {
        let (a, b) = (luminance, other.luminance)
        return (max(a, b) + 0.05) / (min(a, b) + 0.05)
    }

    private var luminance: Double { zip(light, [0.2126, 0.7152, 0.0722]).reduce(0) { $0 + $1.0 * $1.1 } }
}
