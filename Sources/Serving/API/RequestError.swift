/// Why a request gets no answer: what the client did, or what the server cannot do now.
struct RequestError: Error, Equatable, CustomStringConvertible {
    /// The HTTP status.
    let status: Int
    /// What is wrong and what to do, for a person.
    let message: String
    /// Header fields beside those of every answer.
    var headers: [FunctionAnswer.Header] = []

    init(_ status: Int, _ message: String) {
        self.status = status
        self.message = message
    }

    /// A request that no repetition would make right.
    static func bad(_ message: String) -> RequestError { RequestError(400, message) }

    var description: String { message }

    /// The error as every route gives it: `{"error": "..."}`, which is also the protocol's form.
    var answer: FunctionAnswer {
        var answer = FunctionAnswer(status: status, .json, AnswerText.error(message))
        answer.headers = headers
        return answer
    }
}
