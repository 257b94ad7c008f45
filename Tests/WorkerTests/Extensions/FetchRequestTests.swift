import Domain
import Testing

@testable import Worker

@Suite("A request of an extension")
struct FetchRequestTests {
    private static let egress = Egress(allowHosts: ["api.example.com", "*.example.org"], allowPorts: [443, 8443])

    private static func request(_ arguments: JSON...) throws -> FetchRequest {
        try FetchRequest(arguments, to: egress, rules: EgressRules())
    }

    @Test(arguments: [
        ("https://api.example.com", "https://api.example.com/"),
        ("HTTPS://API.Example.COM/a%20b?c=d#e", "https://api.example.com/a%20b?c=d"),
        ("https://api.example.com:443/x", "https://api.example.com/x"),
        ("https://api.example.com:8443/x", "https://api.example.com:8443/x"),
        ("https://a.example.org/", "https://a.example.org/"),
    ])
    func `goes where the manifest allows`(address: String, url: String) throws {
        #expect(try Self.request(.string(address)).url == url)
    }

    @Test(arguments: [
        "http://api.example.com/", "ftp://api.example.com/", "file:///etc/passwd", "//api.example.com/",
        "api.example.com",
        "", "https://", "https://example.com/", "https://example.org/", "https://a.b.example.org/",
        "https://.example.org/", "https://api.example.com.evil.net/", "https://evil.net/api.example.com",
        "https://api.example.com@evil.net/", "https://evil.net@api.example.com/", "https://u:p@api.example.com/",
        "https://api.example.com:22/", "https://api.example.com:80/", "https://127.0.0.1/", "https://[::1]/",
        "https://2130706433/", "https://0x7f000001/", "https://0177.0.0.1/", "https://127.1/", "https://localhost/",
        "https://api.example.com\\@evil.net/", "https://api.example.com\u{0}.evil.net/", "https://аpi.example.com/",
        "https://api.example.com./", "https://api .example.com/", "javascript:alert(1)", "data:text/plain,hi",
    ])
    func `goes nowhere else`(address: String) {
        #expect(throws: FetchRequest.Refused.self) { try Self.request(.string(address)) }
    }

    @Test func `takes a method, headers and a body`() throws {
        let request = try Self.request(
            "https://api.example.com/", ["method": "POST", "headers": ["X-Key": "k"], "body": "{}"])
        #expect(request.method == .POST && request.body == Array("{}".utf8))
        #expect(request.headers == [.init(name: "X-Key", value: "k")])
    }

    @Test(
        arguments: [
            ["method": "CONNECT"], ["method": "get"], ["body": "x"], ["method": "HEAD", "body": "x"], ["mode": "cors"],
            ["headers": ["Host": "evil.net"]], ["headers": ["content-length": "1"]],
            ["headers": ["Proxy-Anything": "1"]],
            ["headers": ["Transfer-Encoding": "chunked"]], ["headers": ["A": "b\r\nHost: evil.net"]],
            ["headers": ["A b": "c"]], ["headers": ["": "c"]], ["headers": ["A": 1]], ["headers": "A: b"],
            ["headers": ["A": "\u{0}"]], ["method": "POST", "body": ["a": 1]], "GET", 7,
        ] as [JSON])
    func `takes nothing that says how it travels, nor what makes no sense`(options: JSON) {
        #expect(throws: FetchRequest.Refused.self) { try Self.request("https://api.example.com/", options) }
    }

    @Test func `is bounded`() throws {
        let large = JSON.string(String(repeating: "a", count: EgressRules.bodyBytesMax + 1))
        #expect(throws: FetchRequest.Refused.self) {
            try Self.request("https://api.example.com/", ["method": "POST", "body": large])
        }
        let wide = JSON.string(String(repeating: "ä", count: EgressRules.bodyBytesMax - 1))
        #expect(throws: FetchRequest.Refused.self) {
            try Self.request("https://api.example.com/", ["method": "POST", "body": wide])
        }
        let headers = JSON.object((0...32).map { JSON.Member("H\($0)", "x") })
        #expect(throws: FetchRequest.Refused.self) {
            try Self.request("https://api.example.com/", ["headers": headers])
        }
        let long = "https://api.example.com/" + String(repeating: "a", count: FetchRequest.addressBytesMax)
        #expect(throws: FetchRequest.Refused.self) { try Self.request(.string(long)) }
    }
}
