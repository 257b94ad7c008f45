import Domain
import Foundation
import Synchronization

/// What a browser does without scripts: it keeps a cookie, says where a form comes from, and sends its fields.
final class Browser: Sendable {
    private let port: Int
    private let cookie = Mutex<String?>(nil)

    init(_ server: APIServer) {
        port = server.port
    }

    var session: String? { cookie.withLock { $0 } }

    @discardableResult
    func get(_ target: String, headers: [(String, String)] = []) async throws -> BrowserPage {
        try await send("GET", target, headers: headers + [("Accept", "text/html")])
    }

    /// - Parameter origin: nil sends none.
    @discardableResult
    func post(
        _ target: String, _ fields: KeyValuePairs<String, String>, origin: String? = "same",
        headers: [(String, String)] = []
    ) async throws -> BrowserPage {
        let body = fields.map { "\(Self.encode($0.key))=\(Self.encode($0.value))" }.joined(separator: "&")
        var all = headers + [("Content-Type", "application/x-www-form-urlencoded")]
        if let origin { all.append(("Origin", origin == "same" ? "http://localhost" : origin)) }
        return try await send("POST", target, headers: all, body: Array(body.utf8))
    }

    func send(
        _ method: String, _ target: String, headers: [(String, String)] = [], body: [UInt8] = []
    ) async throws -> BrowserPage {
        var all = headers
        if let session { all.append(("Cookie", session)) }
        let request = PlainHTTP.request(method, target, headers: all, body: body)
        let page = BrowserPage(try await PlainHTTP.exchange(port: port, request))
        if let given = page.headers["set-cookie"] {
            let pair = String(given.prefix { $0 != ";" })
            cookie.withLock { $0 = given.contains("Max-Age=0;") ? nil : pair }
        }
        return page
    }

    /// - Returns: the page after it.
    @discardableResult
    func signIn(_ server: APIServer, as bearer: APIServer.Bearer = .admin) async throws -> BrowserPage {
        let token =
            switch bearer {
            case .admin: server.admin
            case .token(let token): token
            case .nobody: ""
            }
        return try await post("/sign-in", ["token": token])
    }

    private static func encode(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
    }
}

/// A page as it came.
struct BrowserPage: Sendable {
    let status: Int, headers: [String: String], text: String

    init(_ answer: PlainAnswer) {
        (status, headers, text) = (answer.status, answer.headers, answer.text)
    }

    var location: String { headers["location"] ?? "" }

    /// What its forms send along.
    var token: String { text.firstMatch(of: /name="csrf" content="([^"]+)"/).map { String($0.1) } ?? "" }
}
