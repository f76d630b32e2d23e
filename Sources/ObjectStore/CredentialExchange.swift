import Platform

/// A request for credentials: a few attempts within what is left of an operation's time.
struct CredentialExchange {
    /// What it may take, together with what it is for.
    let time: TimeBudget
    let names: SettingNames
    let isInterrupted: @Sendable () -> Bool

    /// The body of the answer.
    /// - Parameters:
    ///   - place: What names the place that is asked, for messages.
    ///   - filter: Hides what goes out with the request.
    /// - Throws: An `ObjectStoreError` where there is none, or one that is no success.
    func answer(to request: HTTPRequest, place: String, hiding filter: SecretFilter) throws(ObjectStoreError) -> [UInt8] {
        var request = request
        request.isInterrupted = isInterrupted
        func failure(_ problem: String) -> ObjectStoreError {
            ObjectStoreError(place: place, reason: "no credentials come from there: \(problem)")
        }
        return try RetryPolicy(attempts: 3).run(
            within: time, names: names, isInterrupted: isInterrupted, failure: failure
        ) { (left) throws(ObjectStoreError) -> RetryPolicy.Attempt<[UInt8]> in
            let response: HTTPResponse
            do throws(HTTPFailure) {
                response = try CurlTransport.send(request, within: left)
            } catch {
                guard let setback = error.setback else { throw failure(error.description) }
                return .failed(setback)
            }
            if response.status == 200 { return .done(response.body) }
            let code = filter.shown(XMLText.element("Code", of: response.body))
            let reason = "HTTP \(response.status)" + (code.isEmpty ? "" : " \(code)")
            guard HTTPResponse.isPassing(response.status) else { throw failure(reason) }
            return .failed(.passing(reason))
        }
    }

    /// The token in a file, without the line end that editors leave.
    /// - Parameter name: What names the file, for messages.
    static func token(in file: String, named name: String, limit: Int) throws(ObjectStoreError) -> String {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try Files.read(file, limit: limit)
        } catch {
            throw ObjectStoreError(place: name, reason: error.description)
        }
        let token = String(String(decoding: bytes, as: UTF8.self).trimmed)
        guard !token.isEmpty, token.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
            throw ObjectStoreError(place: name, reason: "\(file) holds no token: one line of ASCII")
        }
        return token
    }
}
