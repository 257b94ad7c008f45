import Domain

/// Chat as one pastes it into a field: `name: text` a line, or a message of the API's as JSON.
enum ChatLines {
    private static let countMax = 5_000

    /// Plain lines follow each other a second apart and end now.
    static func messages(_ text: String, _ account: AccountID, from now: Timestamp) -> [JSON] {
        let lines = text.split(whereSeparator: \.isNewline).filter { $0.contains { !$0.isWhitespace } }.prefix(countMax)
        return lines.enumerated().map { index, line in
            if line.first == "{", let json = try? JSONParser.parse(String(line)) { return json }
            return message(line, index, account, at: now.adding(seconds: Double(index - lines.count)))
        }
    }

    private static func message(_ line: Substring, _ index: Int, _ account: AccountID, at moment: Timestamp) -> JSON {
        let parts = line.split(separator: ":", maxSplits: 1).map { String($0.drop(while: \.isWhitespace)) }
        let hasName = parts.count == 2 && !parts[0].contains(where: \.isWhitespace)
        let name = hasName ? parts[0] : "viewer"
        return [
            "platform": .string(Platform.twitch.rawValue), "account_id": .string(account.rawValue),
            "channel_id": "backtest", "message_id": .string("line-\(index + 1)"),
            "user": ["id": .string(name), "login": .string(name), "name": .string(name)],
            "text": .string(hasName ? parts[1] : String(line)), "sent_at": .string(moment.description),
        ]
    }
}
