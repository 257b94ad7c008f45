import Domain
import Foundation
import Logging
import Platforms
import Worker

/// A file with what the platforms want to see before a bot may speak:
///
///     {"twitch": {"client_id", "token", "user_id", "login", "chat"?: "eventsub" | "irc",
///                 "api"?, "event_sub"?, "irc"?, "authority_file"?}}
///
/// The last four say where Twitch is, when it is not where everybody's is.
struct CredentialsFile {
    private static let lengthMax = 4_096

    private enum Ears: String, CaseIterable { case eventsub, irc }

    private let twitch: (credentials: TwitchCredentials, endpoints: TwitchEndpoints, ears: Ears)?

    /// - Throws: `CommandFailure` that says everything that is wrong with it, and shows nothing of it.
    init(_ path: String) throws {
        let json = try Self.read(path)
        var reader = ObjectReader(json)
        twitch = reader.object("twitch").flatMap { entry in
            var part = ObjectReader(entry, path: "twitch")
            defer { reader.add(part.failures) }
            return Self.twitch(&part)
        }
        do {
            try reader.finish()
        } catch {
            let failures = error.failures.map { "\($0.path) \($0.message)" }.joined(separator: "; ")
            throw CommandFailure.usage("--credentials \(path): \(failures)")
        }
    }

    private static func read(_ path: String) throws -> JSON {
        guard let bytes = FileManager.default.contents(atPath: path) else {
            throw CommandFailure.cannotRun("--credentials \(path) cannot be read: is it there, and yours?")
        }
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int ?? 0
        guard mode & 0o077 == 0 else {
            throw CommandFailure.cannotRun("--credentials \(path) can be read by others: chmod 600 \(path)")
        }
        do {
            return try JSONParser.parse(Array(bytes))
        } catch {
            throw CommandFailure.usage("--credentials \(path) is not JSON: \(error)")
        }
    }

    private static func twitch(
        _ reader: inout ObjectReader
    ) -> (credentials: TwitchCredentials, endpoints: TwitchEndpoints, ears: Ears)? {
        func text(_ name: String) -> String? { reader.string(name, lengthMin: 1, lengthMax: lengthMax) }
        let names = ["client_id", "token", "user_id", "login"]
        let values = names.map { ($0, text($0)) }.map { reader.require($0, $1) }
        let ears = reader.choice("chat", of: Ears.self) ?? .eventsub
        var endpoints = TwitchEndpoints()
        endpoints.api = text("api") ?? endpoints.api
        endpoints.eventSub = text("event_sub") ?? endpoints.eventSub
        endpoints.irc = text("irc") ?? endpoints.irc
        endpoints.authorityFile = text("authority_file")
        reader.refuseUnknown()
        let known = values.compactMap(\.self)
        guard known.count == names.count else { return nil }
        let credentials = TwitchCredentials(clientID: known[0], token: known[1], userID: known[2], login: known[3])
        return (credentials, endpoints, ears)
    }

    /// - Parameter hears: false where chat comes another way.
    func access(hears: Bool, logger: Logger) -> [Platform: ChatPlane.Access] {
        guard let twitch else { return [:] }
        let client = HelixClient(endpoints: twitch.endpoints)
        let ears: any ChatListening =
            switch twitch.ears {
            case .eventsub: TwitchEventSub(client: client, bot: twitch.credentials)
            case .irc: TwitchIRC(endpoints: twitch.endpoints, bot: twitch.credentials)
            }
        let hands = TwitchActions(client: client, bot: twitch.credentials, log: logger)
        return [.twitch: ChatPlane.Access(hands: hands, ears: hears ? ears : nil)]
    }
}
