import Domain
import EventStore

/// What the events of one stream come to: the same fold as the read models', without a database.
package enum StreamState {
    /// The document's bytes; nil when the events end with a deletion.
    ///
    /// - Throws: when an event cannot be applied, with the reason.
    package static func document(of events: [RecordedEvent]) throws -> [UInt8]? {
        switch events.first.flatMap({ Category(rawValue: $0.stream.category) }) {
        case .account: try fold(AccountsProjection.self, events)
        case .provider: try fold(ProvidersProjection.self, events)
        case .bot: try fold(BotStatusesProjection.self, events)
        case .botModule: try fold(BotModuleConfigsProjection.self, events)
        case .extension: try fold(ExtensionsProjection.self, events)
        case .extensionInstall: try fold(ExtensionInstallsProjection.self, events)
        case .guild: try fold(GuildsProjection.self, events)
        case .botCommand: try fold(BotCommandsProjection.self, events)
        case nil: throw Inapplicable(description: "no read model knows this stream")
        }
    }

    private static func fold<Projection: SingleStreamProjection>(
        _ projection: Projection.Type, _ events: [RecordedEvent]
    ) throws -> [UInt8]? {
        var document: Projection.Document?
        for event in events {
            document = try event.withStored { stored in
                let decoded = try Projection.Event(
                    type: stored.type, schemaVersion: stored.schemaVersion, data: stored.data)
                return try Projection.evolve(document, decoded, Envelope(stored, key: event.stream.key))
            }
        }
        return document?.bytes
    }
}
