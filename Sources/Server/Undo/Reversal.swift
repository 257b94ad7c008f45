import Commands
import Domain
import EventStore

/// What it takes to undo one event: what it has changed, what became of that, and the command that brings it back.
struct Reversal: Sendable {
    enum Standing: String, CaseIterable, Sendable {
        /// What the event has made still stands.
        case revertible
        /// It is as it was before the event.
        case reverted
        /// Others have changed it since: whoever reverts the event undoes their work, too.
        case changedSince = "changed_since"
    }

    let event: RecordedEvent
    /// Of the stream's last event.
    let revision: Int
    let before: JSON, after: JSON, now: JSON
    /// Where it was changed after the event; the newest.
    let changes: [Int]
    let compensation: Compensation

    var standing: Standing { now == before ? .reverted : changes.isEmpty ? .revertible : .changedSince }

    /// - Throws: `NoInverse`, `JournalError`.
    init(of event: RecordedEvent, _ wish: ReversalWish, _ commands: CommandHandler) throws {
        switch Category(rawValue: event.stream.category) {
        case .account: self = try Self.make(Account.self, event, wish, commands)
        case .provider: self = try Self.make(Provider.self, event, wish, commands)
        case .bot: self = try Self.make(Bot.self, event, wish, commands)
        case .botModule: self = try Self.make(BotModule.self, event, wish, commands)
        case .extension: self = try Self.make(Extension.self, event, wish, commands)
        case .extensionInstall: self = try Self.make(ExtensionInstall.self, event, wish, commands)
        case nil: throw NoInverse("it has switched nothing: keys are rotated again, and what was erased is gone")
        }
    }

    private static func make<Kind: Reversible>(
        _ kind: Kind.Type, _ event: RecordedEvent, _ wish: ReversalWish, _ commands: CommandHandler
    ) throws -> Reversal {
        let course: Course<Kind>
        do {
            course = try commands.course(of: event, in: kind) { Kind.part($0, of: $1) }
        } catch let error as StoredObject.Unreadable {
            throw NoInverse("it cannot be read by this version: \(error)")
        }
        let compensation = try Kind.compensation(for: course.event, before: course.before, wish)
        let part = { Kind.part(course.event, of: $0) }
        guard part(course.before) != part(course.after) else {
            throw NoInverse("it has changed nothing that could be brought back")
        }
        guard compensation.body?.holdsUnreadable != true else {
            throw NoInverse("a name or reason that it would bring back was erased, or its key is not here")
        }
        return Reversal(
            event: event, revision: course.revision, before: part(course.before), after: part(course.after),
            now: part(course.now), changes: course.changes, compensation: compensation)
    }

    private init(
        event: RecordedEvent, revision: Int, before: JSON, after: JSON, now: JSON, changes: [Int],
        compensation: Compensation
    ) {
        (self.event, self.revision, self.changes) = (event, revision, changes)
        (self.before, self.after, self.now, self.compensation) = (before, after, now, compensation)
    }
}

extension JSON {
    /// Whether it says what stands in the place of text that nobody can read any more.
    fileprivate var holdsUnreadable: Bool {
        switch self {
        case .string(let text):
            text == PersonalText.Unreadable.erased.placeholder || text == PersonalText.Unreadable.noKey.placeholder
        case .array(let values): values.contains(where: \.holdsUnreadable)
        case .object(let members): members.contains(where: \.value.holdsUnreadable)
        case .null, .bool, .number: false
        }
    }
}
