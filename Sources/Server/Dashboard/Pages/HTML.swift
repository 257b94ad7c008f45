import HTTPTypes
import Hummingbird
import NIOCore

/// Answers for browsers.
enum HTML {
    /// Nothing from elsewhere, nothing inline, nobody's frame.
    static let policy = """
        default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; \
        form-action 'self'; frame-ancestors 'none'; base-uri 'none'
        """

    static func response(_ status: HTTPResponse.Status, _ template: String, _ view: View) -> Response {
        let text = Templates.render(template, view)
        var headers = guards
        headers[.contentType] = "text/html; charset=utf-8"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// To another page, which is then read (RFC 9110, section 15.4.4).
    static func redirect(_ location: String) -> Response {
        var headers = guards
        headers[.location] = location
        return Response(status: .seeOther, headers: headers)
    }

    /// Whether a browser asks.
    static func isWanted(by request: Request) -> Bool { request.headers[.accept]?.contains("text/html") == true }

    private static let guards: HTTPFields = [
        .cacheControl: "no-store", .contentSecurityPolicy: policy, .noSniff: "nosniff",
        // Other sites hear nothing. With no-referrer a browser would not even tell us where a form comes from
        // (Fetch, "append a request `Origin` header").
        .referrerPolicy: "same-origin", .crossOriginOpener: "same-origin",
    ]
}
