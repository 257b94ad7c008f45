import Domain
import HTTPTypes
import Hummingbird

/// A page that only says something: why there is no other.
enum MessagePage {
    /// - Parameter visit: nil when nobody knows who asks.
    static func response(_ error: APIError, _ visit: Visit?, correlationID: String) -> Response {
        let content: View = [
            "heading": heading(error), "kind": kind(error), "message": error.message.sentence,
            "details": error.details.count < 2 ? [] : error.details.map { ["path": $0.path, "message": $0.message] },
            "correlation_id": correlationID, "back": visit.map { back($0.request) } ?? "/",
        ]
        let view = visit.map { Layout.view($0, title: heading(error), content) } ?? bare(heading(error), content)
        var response = HTML.response(error.status, "message", view)
        if let wait = error.headers[.retryAfter] { response.headers[.retryAfter] = wait }
        return response
    }

    static func bare(_ title: String, _ content: View) -> View {
        content.merging(["title": title, "assets": Assets.folder]) { $1 }
    }

    /// The kinds of nothing look different.
    private static func kind(_ error: APIError) -> String {
        switch error.status {
        case .forbidden: "denied"
        case .notFound: "missing"
        default: "failed"
        }
    }

    private static func heading(_ error: APIError) -> String {
        switch error.status {
        case .forbidden: "You may not do this"
        case .notFound: "Nothing is here"
        case .methodNotAllowed: "Not here"
        case .preconditionFailed: "Somebody else was quicker"
        case .conflict: "It cannot be done as things are"
        case .unprocessableContent, .badRequest, .contentTooLarge: "Something in this is not right"
        case .tooManyRequests: "Too many requests"
        case .serviceUnavailable: "Not possible at the moment"
        default: "Something went wrong"
        }
    }

    /// A form's page is gone back to by its own address.
    private static func back(_ request: Request) -> String {
        let parts = request.uri.path.split(separator: "/")
        return CredentialSource.isSafe(request.method) || parts.isEmpty ? "/" : "/\(parts[0])"
    }
}

extension String {
    /// The API's messages begin small: as a sentence of its own.
    var sentence: String { prefix(1).uppercased() + dropFirst() + (hasSuffix("?") || hasSuffix(".") ? "" : ".") }
}
