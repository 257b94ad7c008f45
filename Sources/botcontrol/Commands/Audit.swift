import ArgumentParser
import Domain
import EventStore
import Foundation
import Projections
import Server

/// `botcontrol audit`: the history, for people who must answer for it. Reads the journal also while it is in use.
struct Audit: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Read the history, and prove it.",
        subcommands: [
            Replay.self, State.self, Diff.self, Export.self, Verify.self, VerifyProof.self, Proof.self,
            CheckpointCommand.self, RotateKey.self, Revert.self,
        ])

    /// Which events are wanted.
    struct Selection: ParsableArguments {
        @Option(help: "Only this stream, for example bot-acct_1:twitch.") var stream: String?
        @Option(help: "Only streams of this kind: account, provider, bot or bot_module.") var category: String?
        @Option(help: "Only streams of this account.") var account: String?
        @Option(help: "Only what this actor did, by id.") var actor: String?
        @Option(help: "Only events of this type, for example bot.paused.") var type: String?
        @Option(help: "Anywhere in the event; letters of either case.") var text: String?
        @Option(help: "From this position, or recorded at this moment (RFC 3339) or later.") var from: String?
        @Option(help: "Up to this position, or recorded before this moment (RFC 3339).") var to: String?

        func filter(_ journal: JournalReader) throws -> EventFilter {
            var filter = EventFilter(
                category: try category.map { try checked($0, among: Category.allCases.map(\.rawValue), "--category") },
                types: type.map { [$0] }, account: account, actor: actor, text: text)
            if let stream {
                filter.stream = StreamID(name: stream)
                if filter.stream == nil {
                    throw CommandFailure.notAStream(stream)
                }
            }
            if let from {
                switch try Audit.moment(from, "--from") {
                case .position(let position): filter.first = max(1, position)
                case .time(let time): filter.first = try journal.firstPosition(recordedAtOrAfter: time.microseconds)
                }
            }
            if let to {
                switch try Audit.moment(to, "--to") {
                case .position(let position): filter.last = position
                case .time(let time): filter.last = try journal.firstPosition(recordedAtOrAfter: time.microseconds) - 1
                }
            }
            return filter
        }

        private func checked(_ value: String, among allowed: [String], _ option: String) throws -> String {
            guard allowed.contains(value) else {
                throw CommandFailure.usage("\(option) \(NotAllowed.message(value, among: allowed))")
            }
            return value
        }
    }

    static func moment(_ text: String, _ option: String) throws -> Moment {
        guard let moment = Moment(text) else {
            throw CommandFailure.usage("\(option) \(text) is none: it \(Moment.rule)")
        }
        return moment
    }

    static func stream(_ name: String) throws -> StreamID {
        guard let stream = StreamID(name: name) else { throw CommandFailure.notAStream(name) }
        return stream
    }

    static func account(_ name: String) throws -> AccountID {
        guard let account = AccountID(rawValue: name) else {
            throw CommandFailure.usage("--account \(name) is none: it \(AccountID.rule)")
        }
        return account
    }
}

extension CommandFailure {
    static func notAStream(_ name: String) -> CommandFailure {
        .usage("--stream \(name) is not a stream: write for example bot-acct_1:twitch")
    }
}
