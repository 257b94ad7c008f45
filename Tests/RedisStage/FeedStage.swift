import Domain
import EventStore
import Logging
import Projections
import Redis
import Relay
import TestTools

/// A journal and its read models, which the tests' relays carry into Redis.
package struct FeedStage: Sendable {
    package let directory: TemporaryDirectory
    package let journal: Journal
    package let readModels: ReadModels

    /// Lends one, and closes it afterwards, the journal first.
    package static func with<Value>(
        in directory: TemporaryDirectory? = nil, _ body: (FeedStage) async throws -> Value
    ) async throws -> Value {
        let directory = try directory ?? TemporaryDirectory()
        let journal = try Journal.open(directory: directory.path)
        let readModels = try ReadModels.open(journal: journal)
        defer {
            journal.close()
            readModels.close()
        }
        return try await body(FeedStage(directory: directory, journal: journal, readModels: readModels))
    }

    package func append(_ event: some DomainEvent, to entity: EntityID) async throws {
        try await append([event], to: entity)
    }

    package func append(_ events: [some DomainEvent], to entity: EntityID) async throws {
        let stream = StreamID(category: entity.category.rawValue, key: entity.key, account: entity.account?.rawValue)
        let metadata = EventMetadata(
            actor: Actor(kind: .user, id: "u1"), source: .rest, commandID: "command", correlationID: "correlation")
        let new = events.map { event in
            NewEvent(
                type: event.name.rawValue, schemaVersion: Upcasters.currentVersion, data: event.data,
                metadata: metadata.bytes)
        }
        _ = try await journal.append(new, to: stream, expected: .any)
        _ = await readModels.wait(for: journal.head, timeoutSeconds: 10)
    }

    /// Renames one account so often.
    package func rename(_ count: Int, _ name: String = "name", of account: String = "acct_1") async throws {
        let events = (0..<count).map { Account.Event.renamed(name: "\(name) \($0)") }
        for start in stride(from: 0, to: count, by: 100) {
            try await append(Array(events[start..<min(count, start + 100)]), to: .account(AccountID(stored: account)))
        }
    }

    package func register(_ account: String = "acct_1") async throws {
        let event = Account.Event.registered(name: account, plan: .pro, customBotAllowed: nil)
        try await append(event, to: .account(AccountID(stored: account)))
    }

    package var head: FeedHead { readModels.feedHead(at: Timestamp(microseconds: 0)) }

    package func relay(
        to url: RedisURL, _ settings: RelaySettings = .test, reports: ReportIntake? = nil,
        onAcknowledgement: @escaping @Sendable (Acknowledgement) -> Void = { _ in }
    ) -> FeedRelay {
        var logger = Logger(label: "relay")
        logger.logLevel = .critical
        return FeedRelay(
            readModels: readModels, url: url, settings: settings, logger: logger, reports: reports
        ) { said, _ in onAcknowledgement(said) }
    }
}

extension RelaySettings {
    /// Impatient, so that tests are quick.
    package static var test: RelaySettings {
        var settings = RelaySettings()
        (settings.pollSeconds, settings.stampSeconds, settings.takeoverSeconds) = (0.1, 0.2, 1)
        settings.limits.replySeconds = 1
        settings.limits.connectSeconds = 1
        settings.limits.silenceSeconds = 0.5
        return settings
    }
}

extension FeedRelay {
    /// Runs it while something is done.
    package func running<Value: Sendable>(_ body: () async throws -> Value) async throws -> Value {
        let task = Task { try await run() }
        do {
            let value = try await body()
            task.cancel()
            try await task.value
            return value
        } catch {
            task.cancel()
            throw error
        }
    }
}
