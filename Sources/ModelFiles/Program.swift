/// What files and reports say of the program that made them.
public enum Program {
    public static let name = "hartrain"
    public static let version = "0.1.0"
}
