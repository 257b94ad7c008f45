import Testing
import Text

@Suite("A listed domain")
struct DomainNameTests {
    @Test(arguments: [
        ("youtube.com", "youtube.com"), ("  YouTube.com ", "youtube.com"), ("https://www.youtube.com/", "youtube.com"),
        ("HTTP://user:pass@WWW.Example.com:8080", "example.com"), ("//twitch.tv", "twitch.tv"),
        ("twitch.tv.", "twitch.tv"), ("twitch.tv:443", "twitch.tv"), ("twitch.tv:", "twitch.tv"),
        ("discord.gg/lumio", "discord.gg/lumio"), ("https://youtube.com/c/Lumio//", "youtube.com/c/Lumio"),
        ("www.com", "www.com"), ("www.co.uk", "www.co.uk"), ("www.example.co.uk", "example.co.uk"),
        ("münchen.de", "xn--mnchen-3ya.de"), ("www.MÜNCHEN.de/straße", "xn--mnchen-3ya.de/straße"),
        ("xn--mnchen-3ya.de", "xn--mnchen-3ya.de"), ("lumio.github.io", "lumio.github.io"), ("www.ck", "www.ck"),
        ("1.2.3.4", "1.2.3.4"), ("http://10.0.0.1:8080/admin", "10.0.0.1/admin"), ("me@example.com", "example.com"),
        ("example.com/http://other.org", "example.com/http://other.org"),
    ])
    func `has one normal form`(entry: String, normal: String) throws {
        let domain = try DomainName(entry)
        #expect(domain.description == normal)
        #expect(try DomainName(normal) == domain, "a normal form is its own")
    }

    @Test(arguments: ["com", "co.uk", "github.io", "https://github.io/x", "*.com", "CO.UK.", "公司.cn"])
    func `is no public suffix`(entry: String) {
        let error = #expect(throws: DomainNameError.self) { try DomainName(entry) }
        guard case .publicSuffix? = error else {
            Issue.record("\(entry): \(String(describing: error))")
            return
        }
    }

    @Test(arguments: ["node.js", "localhost", "a.invalid", "1.2.3", "300.1.1.1"])
    func `ends in a top-level domain`(entry: String) throws {
        let host = try #require(HostName(entry))
        #expect(throws: DomainNameError.unknownSuffix(host)) { try DomainName(entry) }
    }

    @Test(arguments: [
        "", " ", "https://", "you tube.com", "[::1]", "[2001:db8::1]:80", "example.com:http", "example.com:99999",
        "example.com:+80", "-a.com", "a..com", "youtube.com\0.evil.org", "\u{202E}moc.elpmaxe",
    ])
    func `is a host that can be looked up`(entry: String) {
        let error = #expect(throws: DomainNameError.self) { try DomainName(entry) }
        guard case .notAHost? = error else {
            Issue.record("\(entry): \(String(describing: error))")
            return
        }
    }

    @Test(arguments: ["a.com?x=1", "youtube.com/watch?v=1", "a.com/#top", #"a.com\b"#, "a.com/b c", "a.com/../b"])
    func `has a path that can be compared`(entry: String) {
        let error = #expect(throws: DomainNameError.self) { try DomainName(entry) }
        guard case .notAPath? = error else {
            Issue.record("\(entry): \(String(describing: error))")
            return
        }
    }

    @Test(arguments: ["*.example.com", "https://*.*.www.Example.com/x"])
    func `needs no wildcard`(entry: String) throws {
        let domain = try #require(HostName("example.com"))
        let error = #expect(throws: DomainNameError.wildcard(below: domain)) { try DomainName(entry) }
        #expect(error?.description.contains("write example.com") == true)
    }

    @Test func `survives whatever is thrown at it`() {
        let pieces = [
            "https://", "a", ".", "/", "@", ":", "80", "com", "ä", "\u{301}", "?", "\0", "[", "*", " ", "💥", "\\",
        ]
        var random = SystemRandomNumberGenerator()
        for _ in 0..<5000 {
            let entry = (0..<6).map { _ in pieces.randomElement(using: &random)! }.joined()
            guard let domain = try? DomainName(entry) else { continue }
            #expect((try? DomainName(domain.description)) == domain, "\(entry)")
        }
    }
}
