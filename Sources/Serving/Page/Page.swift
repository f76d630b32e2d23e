/// `GET /`: a page for people, self-contained.
enum Page {
    static let answer = FunctionAnswer(.html, PackageResources.page_html)
}
