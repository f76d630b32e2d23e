extension StringProtocol {
    /// The text without blanks, tabs and line ends at its ends.
    ///
    /// By scalars: as a character a blank with a combining mark after it is no blank, and to every other reader it is one.
    var trimmed: Substring {
        func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar == " " || ("\t"..."\r").contains(scalar) }
        let scalars = Substring(self).unicodeScalars
        let start = scalars.drop(while: isBlank)
        guard let last = start.lastIndex(where: { !isBlank($0) }) else { return Substring(start.prefix(0)) }
        return Substring(start[...last])
    }
}
