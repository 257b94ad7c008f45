import Domain
import Foundation
import NIOCore
import NIOHTTP1

/// All that a fake Twitch knows.
struct World {
    struct Room {
        let owner: FakeTwitch.Person
        var moderators: Set<String> = []
        var banned: Set<String> = []
        /// Who wrote each message that is still to be seen.
        var messages: [String: String] = [:]
        var sent: [Timestamp] = []
        var lastText: (text: String, at: Timestamp)?
        /// Since when it is live; nil while it is not.
        var liveSince: Timestamp?
    }

    var token = "", clientID = ""
    var refreshCount = 0
    var refreshToken = StageCast.newSecret(), clientSecret = StageCast.newSecret()
    var rooms: [String: Room] = [:]
    var people: [String: FakeTwitch.Person] = [:]
    var faults: [FakeTwitch.Route: [FakeTwitch.Fault]] = [:]
    var requests: [FakeTwitch.Request] = []
    var deeds: [FakeTwitch.Deed] = []
    var bucket: (remaining: Int, reset: Int)?
    var sessions: [String: EventSubSession] = [:]
    /// Kinds of events that the bot has no right to.
    var deniedTypes: Set<String> = []
    var guests: [ObjectIdentifier: IRCGuest] = [:]
    var loginNotice: String?
    var joins: [Timestamp] = []
    var lastNotification: (room: String, text: String)?
    var violations: [String] = []
    var pongCount = 0, ircLines: [String] = []

    var connections: [any Channel] { sessions.values.map(\.channel) + guests.values.map(\.channel) }

    mutating func person(_ login: String, id: String? = nil) -> FakeTwitch.Person {
        if let person = people[login] { return person }
        let person = FakeTwitch.Person(
            id: id ?? "\(1000 + people.count)", login: login.lowercased(), name: login)
        people[login] = person
        return person
    }

    func person(id: String) -> FakeTwitch.Person? { people.values.first { $0.id == id } }

    /// Takes one request out of the bucket.
    mutating func spend(_ settings: FakeTwitch.Settings, at now: Timestamp) -> (isOver: Bool, headers: HTTPHeaders) {
        let second = now.microseconds / 1_000_000
        var (remaining, reset) = bucket ?? (settings.requestsMax, second + settings.bucketSeconds)
        if second >= reset { (remaining, reset) = (settings.requestsMax, second + settings.bucketSeconds) }
        let isOver = remaining == 0
        remaining = max(0, remaining - 1)
        bucket = (remaining, reset)
        let headers: HTTPHeaders = [
            "Ratelimit-Limit": "\(settings.requestsMax)", "Ratelimit-Remaining": "\(remaining)",
            "Ratelimit-Reset": "\(reset)",
        ]
        return (isOver, headers)
    }

    mutating func nextFault(_ route: FakeTwitch.Route) -> FakeTwitch.Fault? {
        guard let fault = faults[route]?.first else { return nil }
        faults[route]?.removeFirst()
        return fault
    }

    static func newID() -> String { UUID().uuidString.lowercased() }
}
