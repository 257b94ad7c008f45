import BotModules
import Domain

/// The settings of the benchmark: all three filters, a hundred words and ten patterns. No word is in the chat,
/// so that every one of them is looked for to the end.
enum ModerationLoad {
    /// Words that nobody says, made of syllables; every tenth has a wildcard, every tenth is a phrase.
    static let words: [String] = {
        let syllables = ["vor", "ka", "bli", "zen", "tru", "mox", "pel", "qui", "dra", "fno"]
        return (0..<100).map { index in
            let first = syllables[index % 10] + syllables[index / 10] + syllables[(index * 7 + 3) % 10]
            switch index % 10 {
            case 3: return first + "*"
            case 6: return first + " " + syllables[index / 10] + "x"
            default: return first
            }
        }
    }()

    static let patterns = [
        #"free\s+(followers|viewers)"#, #"\bb[i1]g\s*f[o0]ll?ows\b"#, #"buy\s+\w+\s+(cheap|now)\s+at"#,
        #"(?:best|cheap)\s+viewers\s+on"#, #"w[a@]nn[a@]\s+bec[o0]me\s+f[a@]m[o0]us"#, #"\b\d{3}-\d{3}-\d{4}\b"#,
        #"promo\s*code\s+[A-Z0-9]{6,}"#, #"dm\s+me\s+for\s+\w+\s+art"#, #"^!giveaway\s+\d{9,}$"#, #"(?:zx){4,}q"#,
    ]

    static func modules(_ number: Int = 0) throws -> CompiledModules {
        let words = words.map { number == 0 ? $0 : "q\(number)\($0)" }
        let wordFilter = JSON.object([
            JSON.Member("blocked_words", .array(words.map(JSON.string))),
            JSON.Member("blocked_patterns", .array(patterns.map(JSON.string))),
        ])
        let domains = ["youtube.com", "twitch.tv", "clips.twitch.tv", "discord.gg/lumio"]
        let link = JSON.object([JSON.Member("whitelist_domains", .array(domains.map(JSON.string)))])
        let configs: [(ModuleName, JSON)] = [
            (.linkProtection, link), (.spamProtection, .emptyObject), (.wordFilter, wordFilter),
        ]
        return CompiledModules(
            try configs.map { module, config in
                (try ModuleSettings(module: module, config: config, exemptRoles: nil), true)
            })
    }
}
