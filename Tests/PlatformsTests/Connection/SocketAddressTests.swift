import Testing

@testable import Platforms

@Suite("The address of a socket")
struct SocketAddressTests {
    @Test(arguments: [
        ("wss://a.example/ws?x=1%20", "a.example", 443, "/ws?x=1%20", "a.example"),
        ("WS://a.example", "a.example", 80, "/", "a.example"),
        ("ws://127.0.0.1:8080/ws", "127.0.0.1", 8080, "/ws", "127.0.0.1:8080"),
        ("ircs://irc.example", "irc.example", 6697, "/", "irc.example"),
        ("irc://irc.example:7000", "irc.example", 7000, "/", "irc.example:7000"),
    ])
    func `is read from a URL`(url: String, host: String, port: Int, target: String, header: String) throws {
        let address = try #require(SocketAddressText(url))
        #expect((address.host, address.port) == (host, port))
        #expect((address.target, address.hostHeader) == (target, header))
    }

    @Test(arguments: [
        "", "a.example", "http://a.example", "wss://", "wss:///ws", "wss://user@a.example", "wss://u:p@a.example",
        "wss://a.example:0", "wss://a.example:65536", "wss://a b.example", "\u{0}",
    ])
    func `is none when it is something else`(url: String) {
        #expect(SocketAddressText(url) == nil)
    }

    @Test func `tells TLS a name, and no number`() {
        #expect(SocketAddressText("wss://a.example")?.serverName == "a.example")
        #expect(SocketAddressText("wss://127.0.0.1")?.serverName == nil)
        #expect(SocketAddressText("wss://[::1]:9")?.serverName == nil)
    }
}
