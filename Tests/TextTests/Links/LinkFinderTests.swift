import TestTools
import Testing
import Text

@Suite("A link")
struct LinkFinderTests {
    private func links(_ text: String) -> [Link] { LinkFinder.links(in: NormalForms(text)) }

    private func texts(_ text: String) -> [String] {
        let forms = NormalForms(text)
        return LinkFinder.links(in: forms).map { forms.rawText($0.range) }
    }

    @Test(arguments: [
        ("see https://example.com/a?b=c#d now", "https://example.com/a?b=c#d"), ("go to example.com", "example.com"),
        ("Example.COM!", "Example.COM"), ("(example.com)", "example.com"),
        ("(see example.com/a_(b))", "example.com/a_(b)"),
        ("\"http://example.com/\".", "http://example.com/"), ("example.com, and", "example.com"),
        ("example.com:8080/x", "example.com:8080/x"), ("example.com?x", "example.com?x"),
        ("http://localhost:3000/", "http://localhost:3000/"), ("steam://run/440", "steam://run/440"),
        ("https:example.com", "example.com"), ("wait...example.com", "example.com"), ("a/b/example.com", "example.com"),
        ("münchen.de", "münchen.de"), ("xn--mnchen-3ya.de/x", "xn--mnchen-3ya.de/x"), ("例え.jp", "例え.jp"),
        ("ｅｘａｍｐｌｅ．ｃｏｍ", "ｅｘａｍｐｌｅ．ｃｏｍ"), ("example。com", "example。com"), ("example․com", "example․com"),
        ("💩.la", "💩.la"), ("见example.com吧", "见example.com"),
        ("e\u{200B}xample.c\u{200B}om", "e\u{200B}xample.c\u{200B}om"),
        ("exam\u{E0070}ple.com", "exam\u{E0070}ple.com"), ("\u{202E}x\u{202C}.com", "x\u{202C}.com"),
        ("http://127.0.0.1", "http://127.0.0.1"), ("1.2.3.4:80", "1.2.3.4:80"), ("1.2.3.4/x", "1.2.3.4/x"),
        ("http://2130706433/", "http://2130706433/"), ("http://0x7f.1/", "http://0x7f.1/"),
        ("http://[::1]/", "http://[::1]/"), ("[2001:db8::1]:80", "[2001:db8::1]:80"),
        ("http://user:pass@example.com/", "http://user:pass@example.com/"), ("x@example.com/a", "example.com/a"),
        ("@example.com", "example.com"), ("example%2Ecom", "example%2Ecom"), ("%65xample%252ecom", "%65xample%252ecom"),
        ("http%3A%2F%2Fexample.com", "http%3A%2F%2Fexample.com"), ("example dot com", "example dot com"),
        ("example (dot) com", "example (dot) com"), ("example(dot)com", "example(dot)com"),
        ("example[.]com", "example[.]com"),
        ("example [DOT] com/x", "example [DOT] com"), ("example . com", "example . com"),
        ("example .com", "example .com"),
        ("example. com", "example. com"), ("www dot example dot com", "example dot com"),
        ("**example.com**", "example.com"),
        ("<https://example.com>", "https://example.com"), ("-example.com", "example.com"),
        ("xy.a.b.example.co.uk", "xy.a.b.example.co.uk"),
        ("https://example.com/a%20b", "https://example.com/a%20b"),
    ])
    func `is found in running text`(text: String, link: String) {
        #expect(texts(text) == [link])
    }

    @Test(arguments: [
        "v1.2.3", "3.14", "1.2.3.4", "1,000.50", "node.js", "main.swift", "me@example.com", "first.last@example.co.uk",
        "wait...", "…", "ok.", "e.g. this", "i.e. that", "...com", ".com", "com", "http://", "://", "a://", "12:30",
        "10:5.5",
        "well played. gg", "nice. so", "polka dot dress", "256.256.256.256/x", "http://256.1.1.1/", "[::1]",
        "::1", "[12:30]", "a..com", "no links at all", "", ".", "%2E", "100%", "lol.", "?.?", "a.b.c", "std::vector",
        "*.com",
        "¯\\_(ツ)_/¯", ":D", "D:", "o.o", "T.T", "U.S.A", "1.0.0-beta.2",
    ])
    func `is nothing else`(text: String) {
        #expect(texts(text) == [])
    }

    @Test func `is found as often as there is one`() {
        #expect(texts("a.com b.org, c.net/x.") == ["a.com", "b.org", "c.net/x"])
        #expect(texts("a.com...b.org") == ["a.com", "b.org"])
    }

    @Test(arguments: [
        ("https://youtube.com@evil.com/", "evil.com"), (#"https://evil.com\@youtube.com"#, "evil.com"),
        ("http://evil.com#@youtube.com", "evil.com"), ("http://evil.com?@youtube.com", "evil.com"),
        ("youtube.com.evil.com", "youtube.com.evil.com"), ("https://WWW.YouTube.com./", "youtube.com"),
        ("youtube。com", "youtube.com"), ("yοutube.com", "xn--yutube-i0e.com"), ("youtube dot com", "youtube.com"),
        ("http://0x7f000001/", "0x7f000001"), ("faß.de", "xn--fa-hia.de"), ("you\u{AD}tube.com", "youtube.com"),
    ])
    func `leads where a browser would go`(text: String, host: String) throws {
        let link = try #require(links(text).first)
        #expect(link.host?.name == host)
    }

    @Test(arguments: ["youtube.com%2Eevil.com", "https://youtube.com%2eevil.com/", "youtube%2ecom", "%79outube.com"])
    func `leads nowhere that is known when its host is encoded`(text: String) throws {
        let link = try #require(links(text).first)
        #expect(link.host == nil)
    }

    @Test(arguments: [
        ("https://twitch.tv/lumio", "twitch.tv", true), ("clips.twitch.tv/x", "twitch.tv", true),
        ("nottwitch.tv", "twitch.tv", false),
        ("twitch.tv.evil.com", "twitch.tv", false), ("discord.gg/lumio", "discord.gg/lumio", true),
        ("discord.gg/lumio?x", "discord.gg/lumio", true), ("discord.gg/lumio/x", "discord.gg/lumio", true),
        ("discord.gg/lumios", "discord.gg/lumio", false), ("discord.gg", "discord.gg/lumio", false),
        ("discord.gg/lumio/../evil", "discord.gg/lumio", false),
        ("discord.gg/lumio/%2e%2e/evil", "discord.gg/lumio", false),
        ("discord.gg/x/../lumio", "discord.gg/lumio", true), ("discord.gg//lumio", "discord.gg/lumio", true),
        ("discord.gg/LUMIO", "discord.gg/lumio", false), ("discord.gg/l%75mio", "discord.gg/lumio", true),
        ("www.youtube.com:443", "youtube.com", true), ("1.2.3.4:80", "1.2.3.4", true),
        ("x.1.2.3.4.com", "1.2.3.4", false),
        ("http://[::1]/", "youtube.com", false), ("💩.la", "la.la", false),
    ])
    func `is under a domain or not`(text: String, domain: String, isUnder: Bool) throws {
        let link = try #require(links(text).first)
        #expect(try link.isUnder(DomainName(domain)) == isUnder)
    }

    @Test func `is never found outside the text, whatever the text is`() {
        let pieces: [String] = [
            "http", "://", "a", ".", "com", "/", "@", ":", "80", "[", "]", "(", ")", "%2e", "%", " ", "dot", "。", "💥",
            "é",
            "\u{200B}", "-", "1.2.3.4", "::1", "?", "#", "\\", "\"",
        ]
        var random = SeededRandom()
        for _ in 0..<5000 {
            let text = (0..<12).map { _ in pieces[Int.random(in: 0..<pieces.count, using: &random)] }.joined()
            for link in links(text) {
                #expect(link.range.upperBound <= text.utf8.count && !link.range.isEmpty, "seed \(random.seed): \(text)")
            }
        }
    }
}
