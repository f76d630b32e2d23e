/// Text in a URL or a form: every byte but letters, digits, "-", ".", "_" and "~" as %XX (RFC 3986, and as AWS signs it).
enum PercentEncoding {
    /// - Parameter keepsSlashes: Whether "/" stays as it is, as in a path.
    static func encoded(_ text: String, keepsSlashes: Bool) -> String {
        var result = ""
        for byte in text.utf8 {
            let scalar = Unicode.Scalar(byte)
            switch scalar {
            case "a"..."z", "A"..."Z", "0"..."9", "-", ".", "_", "~": result.unicodeScalars.append(scalar)
            case "/" where keepsSlashes: result.unicodeScalars.append(scalar)
            default: result += (byte < 16 ? "%0" : "%") + String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }
}
