import Server
import ServiceLifecycle
import Worker

/// Brings webhooks their messages by the hands that make the requests of extensions: to public addresses alone,
/// connected to the very address that was looked at.
struct WebhookFetcher: WebhookSending {
    fileprivate let fetcher: Fetcher

    init(allowsLoopback: Bool) {
        fetcher = Fetcher(rules: EgressRules(allowsLoopback: allowsLoopback))
    }

    func send(
        _ body: [UInt8], to address: String, headers: [(name: String, value: String)]
    ) async -> DeliveryAnswer {
        switch await fetcher.post(body, to: address, headers: headers) {
        case .answered(let status, let seconds): .status(status, retryAfterSeconds: seconds)
        case .unreachable(let reason): .unreachable(reason)
        case .refused(let reason): .forbidden(reason)
        }
    }
}

/// The webhooks of a server, and the connections to them.
struct WebhookCompanion: Service {
    private let follower: WebhookFollower, fetcher: WebhookFetcher

    init(beside plane: ControlPlane) {
        fetcher = WebhookFetcher(allowsLoopback: plane.configuration.webhookRules.allowsLoopback)
        follower = WebhookFollower(plane.services, sender: fetcher)
    }

    func run() async throws {
        try await follower.run()
        await fetcher.fetcher.close()
    }
}
