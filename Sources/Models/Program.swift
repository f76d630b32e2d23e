/// What files and reports say of the program that made them.
public enum Program {
    /// The program's name.
    public static let name = "hartrain"
    /// The program's version.
    public static let version = "0.1.0"

    /// The compiler's version, as far as the language can tell: "Swift 6.3".
    public static var compiler: String {
        #if compiler(>=6.4)
            "Swift 6.4 or later"
        #elseif compiler(>=6.3)
            "Swift 6.3"
        #else
            "Swift 6.2"
        #endif
    }
}
