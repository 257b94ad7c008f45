import AsyncHTTPClient
import Domain
import NIOCore
import NIOHTTP1
import NIOSSL

/// The way to one platform's API, shared by all bots of a process; each request brings its bot's credentials.
///
/// It must be closed by whoever made it, after everything that uses it has stopped.
package final class APIClient: Sendable {
    package struct Limits: Sendable {
        package var connect = Duration.seconds(5)
        /// From the first byte of the request to the last of the answer.
        package var answer = Duration.seconds(10)

        package init() {}
    }

    /// Why there is no answer. It names neither the address nor what was sent.
    struct Failure: Error, Equatable {
        let reason: String
        /// Set where nothing was sent because of a limit that is known.
        var retryAfterSeconds: Double?
        var limit: Limit?

        /// Whose limit it is: that of all that the bot does, or of one channel.
        enum Limit: Sendable { case account, channel }
    }

    let clock: ChatClock
    private let client: HTTPClient
    private let limits: Limits

    package init(authorityFile: String? = nil, limits: Limits = Limits(), clock: ChatClock = .system) {
        (self.limits, self.clock) = (limits, clock)
        // A redirect would carry the token to somebody else.
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: TLSTrust.configuration(authorityFile: authorityFile),
            redirectConfiguration: .disallow, timeout: .init(connect: TimeAmount(limits.connect)))
        // The client would repeat a failed connection by itself, without its caller's rests.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    }

    package func close() async {
        try? await client.shutdown()
    }

    /// - Parameters:
    ///   - base: scheme and host, and whatever stands before every path.
    ///   - bodyBytesMax: of the answer; the rest is not read.
    func send(
        _ request: APIRequest, to base: String, headers: HTTPHeaders, bodyBytesMax: Int = APIAnswer.bodyBytesMax
    ) async throws(Failure) -> APIAnswer {
        let prepared = Self.prepared(request, base: base, headers: headers)
        do {
            return try await withThrowingTaskGroup(of: APIAnswer.self) { group in
                group.addTask { try await self.execute(prepared, bodyBytesMax: bodyBytesMax) }
                group.addTask {
                    try await Task.sleep(for: self.limits.answer)
                    throw Failure(reason: "no answer within \(self.limits.answer)")
                }
                defer { group.cancelAll() }
                guard let first = try await group.next() else { throw CancellationError() }
                return first
            }
        } catch {
            throw Failure(reason: reason(error))
        }
    }

    /// A body that does not come whole is as good as none: the status has said what was done.
    private func execute(_ request: HTTPClientRequest, bodyBytesMax: Int) async throws -> APIAnswer {
        let response = try await client.execute(request, deadline: .distantFuture)
        let body = try? await response.body.collect(upTo: bodyBytesMax)
        let json = body.flatMap { try? JSONParser.parse(Array($0.readableBytesView)) }
        return APIAnswer(status: response.status.code, body: json, headers: response.headers)
    }

    private static func prepared(_ request: APIRequest, base: String, headers: HTTPHeaders) -> HTTPClientRequest {
        var prepared = HTTPClientRequest(url: base + request.target)
        prepared.method = request.method
        prepared.headers = headers
        prepared.headers.replaceOrAdd(name: "Accept", value: "application/json")
        if let body = request.body {
            if !headers.contains(name: "Content-Type") {
                prepared.headers.add(name: "Content-Type", value: "application/json")
            }
            prepared.body = .bytes(body)
        }
        return prepared
    }

    /// Other descriptions may hold what was sent.
    private func reason(_ error: any Error) -> String {
        switch error {
        case is CancellationError: "the request was cancelled"
        case let failure as Failure: failure.reason
        case let error as HTTPClientError where error == .connectTimeout: "no connection within \(limits.connect)"
        case let error as HTTPClientError: "the request failed: \(error.shortDescription)"
        case is NIOSSLError: "the TLS handshake failed"
        default: "the connection failed"
        }
    }
}

extension APIClient: CustomReflectable {
    /// The connections keep the head of the last request, token included.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
