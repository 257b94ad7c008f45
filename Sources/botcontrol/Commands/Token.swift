import ArgumentParser
import Domain
import Foundation
import Server

/// `botcontrol token`: mints a token with the directory's own key, without a server.
struct Token: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Mint a token and print it.")

    @OptionGroup var directory: DataDirectory
    @Option(help: "Who the token is for; the audit log shows it.") var subject: String
    @Option(help: "A name for people.") var name: String?
    @Option(help: "The account that the holder acts for.") var account: String?
    @Option(help: "A label; it authorises nothing.") var role: String?
    @Option(name: .customLong("permission"), help: "A permission, for example bot-control:edit; can be repeated.")
    var permissions: [String] = []
    @Flag(help: "The holder has every permission.") var systemAdmin = false
    @Flag(help: "The holder is a program of ours and may use the internal paths.") var systemKey = false
    @Option(help: "How long it is valid: 90s, 15m, 1h or 30d.") var expires = "1h"

    func run() throws {
        let grant = try grant()
        guard let seconds = Self.seconds(expires), seconds > 0 else {
            throw CommandFailure.usage("--expires \(expires) is not a time: write 90s, 15m, 1h or 30d")
        }
        try directory.requireJournal()
        let key = try runOrFail { try SigningKey.open(directory: directory.data) }
        let token = TokenMinter(key: key).mint(grant, lifetimeSeconds: seconds)
        StandardError.write(
            "botcontrol: valid until \(token.expiresAt); revoke it with DELETE /v1/admin/tokens/\(token.id)")
        StandardOutput.write(token.text)
    }

    private func grant() throws -> TokenGrant {
        let known = Permission.allCases.map(\.rawValue)
        let unknown = permissions.filter { !known.contains($0) }
        guard unknown.isEmpty else {
            throw CommandFailure.usage(
                "--permission \(unknown[0]) is unknown: it \(NotAllowed.message(unknown[0], among: known))"
            )
        }
        var id: AccountID?
        if let account {
            id = AccountID(rawValue: account)
            guard id != nil else {
                throw CommandFailure.usage("--account \(account) must be 1 to 64 of the characters A-Z a-z 0-9 _ -")
            }
        }
        return TokenGrant(
            subject: subject, name: name, account: id, role: role,
            permissions: Set(permissions.compactMap(Permission.init(rawValue:))), isSystemAdmin: systemAdmin,
            isSystemKey: systemKey)
    }

    static func seconds(_ text: String) -> Int? {
        let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let last = text.last else { return nil }
        guard let unit = units[last] else { return Int(text) }
        return Int(text.dropLast()).flatMap { $0 <= 36_500 * 86_400 / unit ? $0 * unit : nil }
    }
}
