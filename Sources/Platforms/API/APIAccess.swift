import Domain
import NIOHTTP1

/// A bot's access to one platform's API: where it is, and as whom it is asked.
final class APIAccess: Sendable {
    let client: APIClient
    let token: BotToken
    private let base: String
    private let secrets: [Secret]
    private let headers: @Sendable (Secret) -> HTTPHeaders
    private let gate: (any APIGate)?
    private let isExpired: @Sendable (APIAnswer) -> Bool

    /// - Parameters:
    ///   - secrets: what else no text may show, besides the token.
    ///   - gate: what is known of the platform's limits.
    ///   - isExpired: whether an answer says that another token is needed.
    ///   - headers: that carry the token.
    init(
        _ client: APIClient, base: String, token: BotToken, secrets: [Secret] = [], gate: (any APIGate)? = nil,
        isExpired: @escaping @Sendable (APIAnswer) -> Bool = { $0.status == 401 },
        headers: @escaping @Sendable (Secret) -> HTTPHeaders
    ) {
        (self.client, self.base, self.token) = (client, base, token)
        (self.secrets, self.gate, self.isExpired, self.headers) = (secrets, gate, isExpired, headers)
    }

    var clock: ChatClock { client.clock }

    /// A token that is refused is renewed, where that is possible, and the request sent once more. What a limit forbids
    /// is not sent at all.
    func send(_ request: APIRequest) async throws(APIClient.Failure) -> APIAnswer {
        let refused = token.current
        let answer = try await send(request, with: refused)
        guard isExpired(answer), await token.renew(insteadOf: refused) else { return answer }
        return try await send(request, with: token.current)
    }

    private func send(_ request: APIRequest, with token: Secret) async throws(APIClient.Failure) -> APIAnswer {
        if let refusal = gate?.refusal(of: request, at: clock.moment) { throw refusal }
        do {
            let answer = try await client.send(request, to: base, headers: headers(token))
            gate?.learn(answer, from: request, at: clock.moment)
            return answer
        } catch {
            throw APIClient.Failure(
                reason: hidden(in: error.reason), retryAfterSeconds: error.retryAfterSeconds, limit: error.limit)
        }
    }

    /// A text of somebody else, in case it repeats a secret; fit for a log.
    func hidden(in text: String) -> String {
        ChatText.reason(secrets.reduce(token.hidden(in: text)) { $1.hidden(in: $0) })
    }
}

/// What is known of a platform's limits: it keeps requests back that would be refused, and counts those that are sent.
protocol APIGate: Sendable {
    /// nil when it may be sent now, which it is then.
    func refusal(of request: APIRequest, at now: ChatMoment) -> APIClient.Failure?

    func learn(_ answer: APIAnswer, from request: APIRequest, at now: ChatMoment)
}
