import AsyncHTTPClient
import Domain
import NIOCore
import NIOHTTP1

/// What an HTTP feed asks of a server, and what the answers mean.
struct FeedRequests: Sendable {
    private static let errorBytesMax = 16_384

    private let server: String
    private let token: String?

    init(server: String, token: String?) {
        self.server = server.hasSuffix("/") ? String(server.dropLast()) : server
        self.token = token
    }

    var snapshot: HTTPClientRequest { request("/v1/feed/snapshot", accept: "application/x-ndjson") }

    /// - Parameter epoch: a UUID and a number, which need no escaping; anything else is left out of the address.
    func follow(after id: ChangeID, in epoch: String) -> HTTPClientRequest {
        let text = epoch.filter { $0.isASCII && ($0.isLetter || $0.isNumber || "-._~".contains($0)) }
        return request("/v1/feed?after=\(id)&epoch=\(text)", accept: "text/event-stream")
    }

    func acknowledge(_ acknowledgement: Acknowledgement) -> HTTPClientRequest {
        post(acknowledgement.bytes, to: "/v1/internal/acknowledgements")
    }

    func report(_ report: Report) -> HTTPClientRequest { post(report.bytes, to: "/v1/internal/reports") }

    func bundle(_ digest: BundleDigest) -> HTTPClientRequest {
        request("/v1/internal/bundles/\(digest)", accept: "application/json")
    }

    func keyValues(_ request: KeyValueRequest) -> HTTPClientRequest { post(request.bytes, to: "/v1/internal/kv") }

    func count(_ use: CommandUse) -> HTTPClientRequest { post(use.bytes, to: "/v1/internal/command-uses") }

    private func post(_ json: [UInt8], to path: String) -> HTTPClientRequest {
        var request = request(path, accept: "application/json")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .bytes(json)
        return request
    }

    private func request(_ path: String, accept: String) -> HTTPClientRequest {
        var request = HTTPClientRequest(url: server + path)
        request.headers.add(name: "Accept", value: accept)
        if let token { request.headers.add(name: "Authorization", value: "Bearer \(token)") }
        return request
    }

    /// Throws for every answer but a success; says what to do where something can be done.
    func check(_ response: HTTPClientResponse) async throws {
        let status = response.status.code
        guard !(200..<300).contains(status) else { return }
        let reason = try? await response.body.collect(upTo: Self.errorBytesMax)
        let message = reason.flatMap { try? JSONParser.parse(Array($0.readableBytesView)) }?["error"]?["message"]?
            .string
        throw failure(status: status, message.map { ": \($0)" } ?? "")
    }

    private func failure(status: UInt, _ message: String) -> FeedFailure {
        switch status {
        case 401:
            .refused(
                """
                \(server) does not take the token (401\(message)): mint one with botcontrol token --data DIR --subject \
                worker --system-key, and hand it over with --token or BOTCONTROL_TOKEN
                """)
        case 403:
            .refused(
                """
                the token may not read the feed of \(server) (403\(message)): mint one with --system-key, and hand it \
                over with --token or BOTCONTROL_TOKEN
                """)
        case 404: .broken("\(server) has no feed (404): name the address of a Bot Control server with --feed")
        default: .broken("\(server) answered \(status)\(message)")
        }
    }

    func failure(_ error: any Error) -> any Error {
        guard !(error is CancellationError), !(error is FeedFailure) else { return error }
        return FeedFailure.broken("\(server) does not answer (\(error))")
    }
}
