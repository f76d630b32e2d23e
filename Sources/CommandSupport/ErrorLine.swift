import StrictJSON

/// An error as it is printed: one line on which every character is seen, and values of the command line no longer than people read.
public enum ErrorLine {
    /// The most characters of a value, more than paths have, and of the whole line.
    private static let (longestValue, longest) = (500, 4000)

    /// The line of an error.
    /// - Parameters:
    ///   - message: What is wrong, which may repeat what was typed.
    ///   - arguments: What was typed.
    public static func text(_ message: String, arguments: [String] = CommandLine.arguments) -> String {
        var text = message
        for argument in arguments where argument.utf8.count > longestValue {
            // Of "--option=value" an error repeats the value.
            let isOption = argument.hasPrefix("-")
            let value = isOption ? argument.split(separator: "=", maxSplits: 1).last.map(String.init) ?? argument : argument
            text = text.replacing(value, with: JSON.excerpt(of: value, limit: longestValue))
        }
        return JSON.excerpt(of: text, limit: longest)
    }
}
