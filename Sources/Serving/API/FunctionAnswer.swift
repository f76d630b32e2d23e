import StrictJSON

/// An answer, whichever way it goes.
struct FunctionAnswer: Equatable {
    /// A header field.
    struct Header: Equatable {
        let name: String
        let value: String

        init(name: String, value: String) {
            self.name = name
            self.value = value
        }

        /// What a person should know of the windows, in letters that a field may have.
        init(warning: String) {
            let letters = warning.unicodeScalars.map { (" "..."~").contains($0) ? $0 : "?" }
            self.init(name: "X-Warning", value: String(String.UnicodeScalarView(letters)))
        }
    }

    /// The HTTP status.
    var status = 200
    /// What the body is.
    var type: MediaType
    /// The body.
    var body: [UInt8]
    /// Header fields beside Content-Type and Content-Length.
    var headers: [Header] = []
    /// The windows that were classified.
    var windows = 0

    init(status: Int = 200, _ type: MediaType, _ body: [UInt8]) {
        self.status = status
        self.type = type
        self.body = body
    }

    /// An answer of one JSON value.
    init(status: Int = 200, _ type: MediaType, _ json: JSON) {
        self.init(status: status, type, Array(json.serialized().utf8))
    }
}
