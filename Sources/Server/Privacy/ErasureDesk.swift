import Commands
import Domain
import EventStore
import Privacy
import Projections

/// Erases personal text everywhere: in the journal by its key, in memory, and in everything that follows from events.
package struct ErasureDesk: Sendable {
    private let keys: PersonalKeys
    private let erasures: Erasures
    private let commands: CommandHandler
    private let readModels: ReadModels
    private let history: History

    init(
        _ keys: PersonalKeys, _ journal: Journal, _ commands: CommandHandler, _ readModels: ReadModels,
        _ history: History
    ) {
        (self.keys, self.commands, self.readModels, self.history) = (keys, commands, readModels, history)
        erasures = Erasures(journal, keys)
    }

    /// - Returns: the position of the event; nil when there was nothing to erase.
    func erase(_ subject: Subject, ticket: String?, _ metadata: EventMetadata) async throws -> Int? {
        let result = try await erasures.erase(subject, ticket: ticket, metadata)
        // Also when an earlier attempt came no further than to the keys.
        guard try keys.mustRebuild else { return result?.position }
        commands.forgetStates()
        history.clear()
        _ = try await readModels.rebuild()
        try keys.rebuilt()
        return result?.position
    }

    /// What a crash has left undone, before the read models are opened.
    static func settle(_ journal: Journal, _ keys: PersonalKeys) throws {
        try Erasures(journal, keys).settle()
        guard try keys.mustRebuild else { return }
        ReadModels.discard(in: journal.directory)
        History.discard(in: journal.directory)
        try keys.rebuilt()
    }
}
