import Domain
import NIOHTTP1

/// The way to Twitch's API, shared by all bots of a process; each request brings its bot's credentials.
///
/// It must be closed by whoever made it, after everything that uses it has stopped.
package final class HelixClient: Sendable {
    package typealias Limits = APIClient.Limits
    typealias Failure = APIClient.Failure

    package let endpoints: TwitchEndpoints
    private let client: APIClient

    package init(endpoints: TwitchEndpoints = TwitchEndpoints(), limits: Limits = Limits(), clock: ChatClock = .system)
    {
        self.endpoints = endpoints
        client = APIClient(authorityFile: endpoints.authorityFile, limits: limits, clock: clock)
    }

    package func close() async { await client.close() }

    var clock: ChatClock { client.clock }

    /// A token that is refused is renewed, where that is possible, and the request sent once more.
    func send(_ request: APIRequest, as bot: TwitchCredentials) async throws(Failure) -> HelixAnswer {
        let token = bot.token
        let answer = try await send(request, as: bot, with: token)
        guard answer.status == 401, await bot.access.renew(insteadOf: token) else { return answer }
        return try await send(request, as: bot, with: bot.token)
    }

    private func send(
        _ request: APIRequest, as bot: TwitchCredentials, with token: Secret
    ) async throws(Failure) -> HelixAnswer {
        let headers: HTTPHeaders = ["Authorization": "Bearer \(token.exposed)", "Client-Id": bot.clientID.exposed]
        do {
            let answer = try await client.send(
                request, to: endpoints.api, headers: headers, bodyBytesMax: HelixAnswer.bodyBytesMax)
            return HelixAnswer(status: answer.status, body: answer.body, headers: answer.headers)
        } catch {
            throw Failure(reason: bot.hidden(in: error.reason))
        }
    }
}

extension HelixClient: CustomReflectable {
    /// The connections keep the head of the last request, token included.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
