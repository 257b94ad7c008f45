import Domain
import Foundation

/// The messages of a benchmark: those of a recorded Twitch chat, or generated ones where there is none.
struct ChatLog {
    let messages: [ChatMessage]

    /// IRC lines with tags, as Twitch sends them; every line that is no message is passed over.
    init(irc text: String) {
        messages = text.split(whereSeparator: \.isNewline).compactMap { Self.message(irc: $0) }
    }

    private init(_ messages: [ChatMessage]) {
        self.messages = messages
    }

    /// Lines of which as many are not ASCII as in real chat: 30 %, most of them for what cannot be seen or is emoji.
    static func generated(count: Int) -> ChatLog {
        var random = SeededRandom(state: 2026)
        return ChatLog(
            (0..<count).map { index in
                var words = (0..<Int.random(in: 2...16, using: &random)).map { _ in
                    vocabulary[Int.random(in: 0..<vocabulary.count, using: &random)]
                }
                if Int.random(in: 0..<10, using: &random) < 3 {
                    words.append(foreign[Int.random(in: 0..<foreign.count, using: &random)])
                }
                let user = Int.random(in: 0..<count / 4, using: &random)
                return message(id: "m\(index)", user: "viewer\(user)", text: words.joined(separator: " "), emotes: nil)
            })
    }

    private static let vocabulary = """
        the a is it you to and I that of in what for on this no lol LUL KEKW Pog so just like was do my be not he good \
        game gg chat what? why? yes! hype stream play chess 1v1 2024 10 0-0 W W W clip it... ok. @viewer12 forsenE \
        actually insane how did he do that never seen before :D :) <3 monkaS Sadge Clap peepoHappy EZ one more round
        """.split(separator: " ").map(String.init)

    private static let foreign = [
        "\u{E0000}", "\u{E0000}", "\u{E0000}", "😂", "😂😂😂", "❤️", "🔥", "привет как дела", "schön", "ありがとう", "é",
    ]

    private static func message(irc line: Substring) -> ChatMessage? {
        let parts = line.split(separator: " ", maxSplits: 4)
        guard parts.count == 5, parts[0].first == "@", parts[2] == "PRIVMSG" else { return nil }
        var tags: [Substring: Substring] = [:]
        for tag in parts[0].dropFirst().split(separator: ";") {
            let pair = tag.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if pair.count == 2 { tags[pair[0]] = pair[1] }
        }
        let text = parts[4].first == ":" ? parts[4].dropFirst() : parts[4]
        return message(
            id: String(tags["id"] ?? ""), user: String(tags["user-id"] ?? ""), text: String(text),
            emotes: tags["emotes"])
    }

    private static func message(id: String, user: String, text: String, emotes: Substring?) -> ChatMessage {
        let channel = ChatChannel(platform: .twitch, accountID: AccountID(stored: "benchmark"), id: "1")
        return ChatMessage(
            channel: channel, id: id, author: ChatUser(id: user, login: user, name: user), text: text,
            marks: marks(emotes ?? "", in: text), sentAt: Timestamp(microseconds: 0))
    }

    /// `id:0-10,16-26/id:…` in Unicode scalars, both ends included.
    private static func marks(_ emotes: Substring, in text: String) -> [ChatMark] {
        let scalars = Array(text.unicodeScalars)
        var offsets = [0]
        for scalar in scalars { offsets.append(offsets[offsets.count - 1] + UTF8.width(scalar)) }
        let places = emotes.split(separator: "/").flatMap { $0.split(separator: ":").last?.split(separator: ",") ?? [] }
        let ranges = places.compactMap { place -> Range<Int>? in
            let ends = place.split(separator: "-").compactMap { Int($0) }
            guard ends.count == 2, 0 <= ends[0], ends[0] <= ends[1], ends[1] < scalars.count else { return nil }
            return offsets[ends[0]]..<offsets[ends[1] + 1]
        }
        return ranges.sorted { $0.lowerBound < $1.lowerBound }.map { ChatMark(.emote, $0) }
    }
}

/// SplitMix64: the same chat on every machine.
struct SeededRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
