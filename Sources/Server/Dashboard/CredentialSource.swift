import Domain
import HTTPTypes
import Hummingbird

/// How a request says who is calling: by the header `Authorization`, or by the cookie of a session.
enum CredentialSource {
    /// A browser sends a cookie whoever asks it to: what changes something must come from a page of ours and show the
    /// session's token. The session then stands in the header, as any other credential does.
    ///
    /// - Returns: the request with its credential in the header, and the door that it came through.
    static func resolve(_ request: Request) throws -> (request: Request, source: EventMetadata.Source) {
        guard request.headers[.authorization] == nil, let secret = SessionCookie.secret(request) else {
            return (request, .rest)
        }
        if !isSafe(request.method) {
            try SameOrigin.require(request)
            guard let token = request.headers[.formToken], secret.isFormToken(token) else { throw noToken }
        }
        var head = request.head
        head.headerFields[.authorization] = secret.authorization
        return (Request(head: head, body: request.body), .dashboard)
    }

    static func isSafe(_ method: HTTPRequest.Method) -> Bool { method == .get || method == .head }

    static let noToken = APIError(
        .forbidden, "csrf_token", "the page is out of date: load it again, then do it once more")
}
