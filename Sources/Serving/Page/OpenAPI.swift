/// `GET /openapi.json`: the routes, as OpenAPI 3.1 describes them.
enum OpenAPI {
    static let answer = FunctionAnswer(.json, PackageResources.openapi_json)
}
