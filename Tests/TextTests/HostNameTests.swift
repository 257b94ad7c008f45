import Testing
import Text

@Suite("A host name")
struct HostNameTests {
    @Test(arguments: [
        ("YouTube.COM", "youtube.com"), ("example.com.", "example.com"), ("München.de", "xn--mnchen-3ya.de"),
        ("Mu\u{308}nchen.de", "xn--mnchen-3ya.de"), ("xn--mnchen-3ya.de", "xn--mnchen-3ya.de"),
        ("faß.de", "xn--fa-hia.de"), ("例え。テスト", "xn--r8jz45g.xn--zckzah"), ("１.１.１.１", "1.1.1.1"),
        ("r3---sn-abc.googlevideo.com", "r3---sn-abc.googlevideo.com"), ("a_b.example.com", "a_b.example.com"),
        ("ex\u{AD}ample.com", "example.com"), ("localhost", "localhost"),
    ])
    func `has one form`(text: String, name: String) {
        #expect(HostName(text)?.name == name)
    }

    @Test(arguments: [
        "", ".", "a..b", ".a", "a.com..", "a b.com", "-a.com", "a-.com", "a.com\0.evil.com", "ä.com\0.evil.com",
        "\u{202E}abc.com", "☃.net", "[::1]", "a/b", "a@b", "a:1", "a%20b.com", "xn--ä.de",
        String(repeating: "a", count: 64) + ".com", String(repeating: "a.", count: 127) + "com",
        String(repeating: "ä", count: 64) + ".de", String(repeating: "é", count: 100_000),
    ])
    func `is none when nobody could look it up`(text: String) {
        #expect(HostName(text) == nil)
    }

    @Test func `has up to 253 characters in labels of up to 63`() {
        let label = String(repeating: "a", count: 63)
        let longest = [label, label, label, String(repeating: "a", count: 61)].joined(separator: ".")
        #expect(HostName(longest) != nil)
        #expect(HostName(longest + ".") != nil)
        #expect(HostName(longest + "a") == nil)
    }

    @Test(arguments: ["com", "co.uk", "github.io", "ck", "a.ck", "xn--fiqs8s", "kawasaki.jp", "s3.amazonaws.com"])
    func `knows a public suffix`(name: String) throws {
        #expect(try #require(HostName(name)).isPublicSuffix)
    }

    @Test(arguments: ["youtube.com", "js", "www.ck", "city.kawasaki.jp", "lumio.github.io", "localhost", "1.1.1.1"])
    func `knows what is no public suffix`(name: String) throws {
        #expect(try !#require(HostName(name)).isPublicSuffix)
    }

    @Test(arguments: [
        ("node.js", false), ("youtube.com", true), ("x.localhost", false), ("1.2.3", false), ("a.zip", true),
    ])
    func `knows the top-level domains`(name: String, known: Bool) throws {
        #expect(try #require(HostName(name)).hasKnownSuffix == known)
    }

    @Test(arguments: [
        ("1.2.3.4", true), ("255.255.255.255", true), ("0.0.0.0", true), ("256.1.1.1", false), ("1.2.3", false),
        ("01.2.3.4", false), ("1.2.3.4.5", false), ("a.2.3.4", false),
    ])
    func `knows an address`(name: String, isAddress: Bool) throws {
        #expect(try #require(HostName(name)).isIPv4 == isAddress)
    }
}
