import Platform
import Testing

@Suite struct CSVTextTests {
    @Test(arguments: [
        ("plain", "plain"), ("", ""), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a\nb", "\"a\nb\""), ("a\r\nb", "\"a\r\nb\""),
        // As characters these are neither a comma nor a quote.
        ("a,\u{301}b", "\"a,\u{301}b\""), ("a\"\u{301}b", "\"a\"\"\u{301}b\""),
    ]) func aCellStaysOneCell(_ text: String, _ cell: String) {
        #expect(CSVText.cell(text).unicodeScalars.elementsEqual(cell.unicodeScalars))
    }
}
