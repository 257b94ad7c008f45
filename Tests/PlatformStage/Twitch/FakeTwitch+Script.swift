import Domain
import NIOHTTP1
import Synchronization

extension FakeTwitch {
    package enum Route: String, CaseIterable, Sendable { case say, delete, ban, warn, subscribe, unsubscribe, streams }

    /// What goes wrong with a request, instead of what was asked.
    package enum Fault: Sendable {
        case status(Int, message: String = "")
        /// An answer of these bytes, whatever they are.
        case answer(Int, headers: [String: String] = [:], body: String)
        /// Nothing comes.
        case hang
        /// The connection is closed without an answer.
        case disconnect
        /// Done, and the connection breaks within the answer's body.
        case cutBody
        /// Answered with 200, and not shown to anybody.
        case drop(code: String, message: String)
        /// Told everything that was sent, headers included.
        case echo
    }

    package struct Request: Sendable {
        package let route: Route?
        package let method: String, path: String
        package let query: [String: String]
        package let headers: HTTPHeaders
        package let body: JSON?
        /// Of a body that is a form.
        package let form: [String: String]
    }

    /// What was carried out.
    package enum Deed: Equatable, Sendable {
        case said(String, replyTo: String?, room: String)
        case deleted(String, room: String)
        /// Every message of a room. No bot of ours wants that.
        case cleared(room: String)
        case timedOut(String, seconds: Int, reason: String?, room: String)
        case banned(String, reason: String?, room: String)
        case warned(String, reason: String, room: String)
    }
}

extension FakeTwitch {
    /// The one token that is taken now.
    package var validToken: String { world.withLock { $0.token } }

    /// By which another token is had; good once.
    package var refreshToken: String { world.withLock { $0.refreshToken } }
    package var clientSecret: String { world.withLock { $0.clientSecret } }

    package var refreshCount: Int { world.withLock { $0.refreshCount } }

    func refresh(_ request: Request) -> HelixDesk.Answer {
        world.withLock { world in
            world.refreshCount += 1
            guard request.form["grant_type"] == "refresh_token", request.form["client_id"] == world.clientID,
                request.form["client_secret"] == world.clientSecret
            else { return .failure(403, "invalid client secret") }
            guard request.form["refresh_token"] == world.refreshToken else {
                return .failure(400, "Invalid refresh token")
            }
            (world.token, world.refreshToken) = (StageCast.newSecret(), StageCast.newSecret())
            let answer: JSON = [
                "access_token": .string(world.token), "refresh_token": .string(world.refreshToken),
                "expires_in": 14_124, "scope": ["user:read:chat"], "token_type": "bearer",
            ]
            return HelixDesk.Answer(status: 200, body: answer.text)
        }
    }
}
