import Domain
import Foundation

/// Who is on a fake platform, what was said, and what was done about it.
package struct StageCast: Sendable {
    /// What was carried out.
    package enum Deed: Equatable, Sendable {
        case deleted(String)
        case timedOut(String, seconds: Int)
        case banned(String)
        case said(String)
    }

    package struct Person: Hashable, Sendable {
        package let id: String, name: String
    }

    package var deeds: [Deed] = []
    package var moderators: Set<String> = []
    package var banned: Set<String> = []
    /// Who wrote each message that is still to be seen.
    package var messages: [String: String] = [:]
    /// The one token that is taken now.
    package var token = StageCast.newSecret()
    package var refreshToken = StageCast.newSecret()
    private var people: [String: Person] = [:]
    private static let firstID = 1000

    /// The bot, which moderates, and whose channel it is.
    package static let bot = Person(id: "\(StageCast.firstID)", name: "lumiobot")
    package static let owner = Person(id: "\(StageCast.firstID + 1)", name: "acme")

    package init() {
        for person in [Self.bot, Self.owner] { people[person.name] = person }
        moderators = [Self.bot.id]
    }

    package mutating func person(_ name: String) -> Person {
        if let person = people[name] { return person }
        let person = Person(id: "\(Self.firstID + people.count)", name: name)
        people[name] = person
        return person
    }

    /// Whom the bot may neither ban nor time out.
    package func isImmune(_ id: String) -> Bool { id == Self.owner.id || moderators.contains(id) }

    package func person(id: String) -> Person? { people.values.first { $0.id == id } }
    package func person(named name: String) -> Person? { people[name] }

    package static func newSecret() -> String { "secret-" + UUID().uuidString.lowercased() }
    package static func newID() -> String { UUID().uuidString.lowercased() }
}
