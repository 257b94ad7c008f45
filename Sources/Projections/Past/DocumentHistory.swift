import Domain
import EventStore
import GRDB

/// A document that says something else after some events than it did before them, and the events.
package struct DocumentHistory: Sendable {
    package let stream: StreamID, category: Category
    /// nil: there is none.
    package let before: JSON?, after: JSON?
    /// What lies in between, in order; at least one.
    package let events: [RecordedEvent]

    /// Field by field.
    package var changes: [FieldChange] { FieldChange.between(before, after) }
}

/// The events between two moments are too many to be compared one by one.
package struct TooManyEvents: Error, CustomStringConvertible {
    package let eventsMax: Int

    package var description: String {
        "more than \(eventsMax) events lie in between: name an account or a stream, or moments that are closer together"
    }
}

/// Some of the documents that events have touched, how many there are, and how many events.
package struct DocumentHistories: Sendable {
    package let documents: [DocumentHistory], total: Int, events: Int
}

extension History {
    /// Which documents two positions do not share, in the order of the first event that touched each.
    ///
    /// - Parameters:
    ///   - filter: which streams; positions and texts in it do not count.
    ///   - documents: which of them.
    package func differences(
        from: Int, to: Int, _ filter: EventFilter = EventFilter(), documents: Range<Int> = 0..<Int.max,
        eventsMax: Int = 20_000
    ) throws -> DocumentHistories {
        guard from < to else { return DocumentHistories(documents: [], total: 0, events: 0) }
        let events = try events(after: from, through: to, filter, eventsMax: eventsMax)
        let groups = Self.byStream(events)
        let wanted = Array(groups[documents.clamped(to: groups.indices)])
        let streams = wanted.compactMap { $0.first?.stream }
        let before = try self.documents(of: streams, at: from), after = try self.documents(of: streams, at: to)
        let found = try zip(wanted, zip(before, after)).compactMap { events, documents -> DocumentHistory? in
            guard let stream = events.first?.stream, let category = Category(rawValue: stream.category) else {
                return nil
            }
            return DocumentHistory(
                stream: stream, category: category, before: try documents.0.map { try JSONParser.parse($0) },
                after: try documents.1.map { try JSONParser.parse($0) }, events: events)
        }
        return DocumentHistories(documents: found, total: groups.count, events: events.count)
    }

    private func events(
        after: Int, through last: Int, _ filter: EventFilter, eventsMax: Int
    ) throws -> [RecordedEvent] {
        let wanted = EventFilter(
            stream: filter.stream, category: filter.category, account: filter.account, first: after + 1, last: last)
        let found = try journal.readAll(wanted, limit: eventsMax + 1).events
        guard found.count <= eventsMax else { throw TooManyEvents(eventsMax: eventsMax) }
        // What is history for auditors alone has no document.
        return found.filter { Category(rawValue: $0.stream.category) != nil }
    }

    /// In the order of the first event of each.
    private static func byStream(_ events: [RecordedEvent]) -> [[RecordedEvent]] {
        var groups: [[RecordedEvent]] = [], places: [Int: Int] = [:]
        for event in events {
            if let place = places[event.streamNumber] {
                groups[place].append(event)
            } else {
                places[event.streamNumber] = groups.count
                groups.append([event])
            }
        }
        return groups
    }

    /// The documents' JSON; nil where there is none.
    package func documents(of streams: [StreamID], at position: Int) throws -> [[UInt8]?] {
        try read(at: position) { past in
            // Beyond some streams it is less work to make everything.
            if streams.count > Self.streamsMax { try past.read(.everything) { _ in } }
            return try streams.map { try past.bytes(of: $0) }
        }
    }

    private static let streamsMax = 500
}

extension PastReadModels {
    /// The JSON of the document that a stream's events have made; nil where there is none.
    package func bytes(of stream: StreamID) throws -> [UInt8]? {
        switch Category(rawValue: stream.category) {
        case .account: try bytes(AccountsProjection.self, stream)
        case .provider: try bytes(ProvidersProjection.self, stream)
        case .bot: try bytes(BotStatusesProjection.self, stream)
        case .botModule: try bytes(BotModuleConfigsProjection.self, stream)
        case .extension: try bytes(ExtensionsProjection.self, stream)
        case .extensionInstall: try bytes(ExtensionInstallsProjection.self, stream)
        case nil: nil
        }
    }

    private func bytes<Projection: SingleStreamProjection>(
        _ projection: Projection.Type, _ stream: StreamID
    ) throws -> [UInt8]? {
        try view.carry([stream], to: position, journal)
        return try view.read { db in
            // A key that is none has no row.
            guard let key = try? Projection.keyColumns(stream.key) else { return nil }
            return try Row.fetchOne(db.cachedStatement(sql: Projection.selectSQL), arguments: key)
                .map(Projection.document)?.bytes
        }
    }

    /// Every document of an account, or of all, by kind and then by key.
    package func entries(_ scope: ReadScope, _ visit: (FeedEntry) throws -> Void) throws {
        switch scope {
        case .account(let account):
            let streams = try journal.streams(ofAccount: account.rawValue)
            try view.carry(streams, to: position, journal)
            for stream in streams.sorted(by: { $0.description < $1.description }) {
                guard let category = Category(rawValue: stream.category), let bytes = try bytes(of: stream) else {
                    continue
                }
                try visit(FeedEntry(kind: DocumentKind(category), key: stream.key, value: bytes))
            }
        case .everything:
            try read(.everything) { try ReadModelsEntries.visit($0, visit) }
        }
    }
}
