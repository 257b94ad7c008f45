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
    private let firstID: Int

    package init(firstID: Int = 1000) { self.firstID = firstID }

    package mutating func person(_ name: String) -> Person {
        if let person = people[name] { return person }
        let person = Person(id: "\(firstID + people.count)", name: name)
        people[name] = person
        return person
    }

    package func person(id: String) -> Person? { people.values.first { $0.id == id } }
    package func person(named name: String) -> Person? { people[name] }

    package static func newSecret() -> String { "secret-" + UUID().uuidString.lowercased() }
    package static func newID() -> String { UUID().uuidString.lowercased() }
}
