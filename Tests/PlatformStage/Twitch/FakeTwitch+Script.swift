import Domain
import NIOHTTP1
import Synchronization

extension FakeTwitch {
    package enum Route: String, CaseIterable, Sendable { case say, delete, ban, warn, subscribe, unsubscribe }

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
}
