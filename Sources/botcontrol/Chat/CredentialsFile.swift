import Domain
import Foundation
import Platforms

/// The credentials of all platforms, as they are kept.
enum CredentialsFile {
    /// - Throws: `CommandFailure` that says everything that is wrong with them, and shows nothing of them.
    static func secrets(in place: CredentialsPlace) throws -> [Platform: BotSecret] {
        let json = try place.read()
        var reader = ObjectReader(json)
        var secrets: [Platform: BotSecret] = [:]
        for platform in Platform.allCases {
            guard let entry = reader.object(platform.rawValue) else { continue }
            var part = ObjectReader(entry, path: platform.rawValue)
            secrets[platform] = BotSecret(&part, of: platform)
            reader.add(part.failures)
        }
        do {
            try reader.finish()
        } catch {
            let failures = error.failures.map { "\($0.path) \($0.message)" }.joined(separator: "; ")
            throw CommandFailure.usage("\(place.name): \(failures)")
        }
        return secrets
    }

    /// Keeps a new token where the old one was. Whoever reads meanwhile gets the one or the other, whole.
    static func write(_ tokens: OAuthTokens, of platform: Platform, in place: CredentialsPlace, at now: Timestamp)
        throws
    {
        guard let path = place.file(of: platform) else { return }
        var json = try CredentialsPlace.read(path)
        let changes = changes(tokens, at: now)
        if case .file = place {
            json = json.replacing([
                .init(platform.rawValue, (json[platform.rawValue] ?? .emptyObject).replacing(changes))
            ])
        } else {
            json = json.replacing(changes)
        }
        try replace(path, with: json.bytes)
    }

    private static func changes(_ tokens: OAuthTokens, at now: Timestamp) -> [JSON.Member] {
        var changes = [JSON.Member("token", .string(tokens.access.exposed))]
        if let refresh = tokens.refresh { changes.append(.init("refresh_token", .string(refresh.exposed))) }
        let end = tokens.expiresInSeconds.map { JSON.string(now.adding(seconds: Double($0)).description) }
        changes.append(.init("expires_at", end ?? .null))
        return changes
    }

    private static func replace(_ path: String, with bytes: [UInt8]) throws {
        let temporary = "\(path).new-\(ProcessInfo.processInfo.processIdentifier)"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        let isWritten =
            bytes.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) == $0.count } && fsync(file) == 0
        let code = errno
        close(file)
        guard isWritten, rename(temporary, path) == 0 else {
            unlink(temporary)
            throw POSIXError(POSIXErrorCode(rawValue: isWritten ? errno : code) ?? .EIO)
        }
    }
}

extension JSON {
    /// The same object with other values of these members.
    fileprivate func replacing(_ changes: [Member]) -> JSON {
        let kept = (members ?? []).map { member in changes.first { $0.name == member.name } ?? member }
        let new = changes.filter { change in !kept.contains { $0.name == change.name } }
        return .object(kept + new)
    }
}
