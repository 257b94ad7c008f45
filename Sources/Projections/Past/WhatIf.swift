import Domain
import EventStore

/// What would be otherwise if one event had not happened.
///
/// Documents are folds of one stream each, so only the event's own stream is told again without it, in memory. The
/// commands that came later are not decided again: their events stand, and some of them apply no longer.
package struct WhatIf: Sendable {
    package let event: RecordedEvent
    /// At the journal's end, as it is and as it would be; nil: there is none.
    package let actual: JSON?, without: JSON?
    /// Later events that could not have happened, and why.
    package let inapplicable: [(event: RecordedEvent, reason: String)]
    /// Later events that changed something, and would have changed nothing.
    package let needless: [RecordedEvent]

    package var changes: [FieldChange] { FieldChange.between(actual, without) }
}

extension WhatIf {
    /// - Returns: nil when there is no such event, or none that a document is made of.
    package init?(_ position: Int, _ journal: any JournalReading) throws {
        guard let event = try journal.event(at: position) else { return nil }
        let events = try journal.readStream(event.stream)
        switch Category(rawValue: event.stream.category) {
        case .account: self = try Self.tell(AccountsProjection.self, events, without: event)
        case .provider: self = try Self.tell(ProvidersProjection.self, events, without: event)
        case .bot: self = try Self.tell(BotStatusesProjection.self, events, without: event)
        case .botModule: self = try Self.tell(BotModuleConfigsProjection.self, events, without: event)
        case .extension: self = try Self.tell(ExtensionsProjection.self, events, without: event)
        case .extensionInstall: self = try Self.tell(ExtensionInstallsProjection.self, events, without: event)
        case nil: return nil
        }
    }

    private static func tell<Projection: SingleStreamProjection>(
        _ projection: Projection.Type, _ events: [RecordedEvent], without left: RecordedEvent
    ) throws -> WhatIf {
        var actual: Projection.Document?, other: Projection.Document?
        var inapplicable: [(event: RecordedEvent, reason: String)] = [], needless: [RecordedEvent] = []
        // What cannot be applied parks its stream: nothing that follows is applied.
        var isParked = false, isOtherParked = false
        for event in events {
            let next = isParked ? nil : try? apply(projection, event, to: actual)
            isParked = next == nil
            if event.position < left.position {
                guard let next else { break }
                other = next.document
            } else if event.position > left.position, !isOtherParked {
                do {
                    let told = try apply(projection, event, to: other)
                    if let next, says(told.document, as: other), !says(next.document, as: actual) {
                        needless.append(event)
                    }
                    other = told.document
                } catch  where next != nil {
                    inapplicable.append((event, "\(error)"))
                } catch {
                    isOtherParked = true
                }
            }
            if let next { actual = next.document }
        }
        return WhatIf(
            event: left, actual: try actual.map { try JSONParser.parse($0.bytes) },
            without: try other.map { try JSONParser.parse($0.bytes) }, inapplicable: inapplicable, needless: needless)
    }

    private static func apply<Projection: SingleStreamProjection>(
        _ projection: Projection.Type, _ event: RecordedEvent, to document: Projection.Document?
    ) throws -> Applied<Projection.Document> {
        try event.withStored { stored in
            let decoded = try Projection.Event(
                type: stored.type, schemaVersion: stored.schemaVersion, data: stored.data)
            return Applied(
                document: try Projection.evolve(document, decoded, Envelope(stored, key: event.stream.key)))
        }
    }

    private struct Applied<Document> {
        /// nil: it was deleted.
        let document: Document?
    }

    private static func says<Document: FeedDocument>(_ one: Document?, as other: Document?) -> Bool {
        func json(_ document: Document?) -> JSON? { document.flatMap { try? JSONParser.parse($0.bytes) } }
        return FieldChange.between(json(one), json(other)).allSatisfy(\.isBookkeeping)
    }
}
