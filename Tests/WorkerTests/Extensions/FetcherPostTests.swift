import Foundation
import Testing

@testable import Worker

@Suite("Messages of the product's own on their way", .timeLimit(.minutes(1)))
struct FetcherPostTests {
    private static func post(
        to address: String, leadingTo addresses: [String], rules: EgressRules = EgressRules(allowsLoopback: true)
    ) async -> Fetcher.Posted {
        let fetcher = Fetcher(
            rules: rules, resolver: HostResolver { _ in addresses.compactMap { NetworkAddress($0) } })
        let posted = await fetcher.post(Array("{}".utf8), to: address, headers: [("webhook-id", "7")])
        await fetcher.close()
        return posted
    }

    @Test func `say what was answered, and follow no redirect`() async throws {
        let server = try FakeServer { _, connection in
            connection.send(
                "HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n"
                    + "Retry-After: 7\r\nContent-Length: 0\r\n\r\n")
        }
        let port = try #require(URL(string: server.address)?.port)
        let posted = await Self.post(to: "http://hooks.test.example:\(port)/a", leadingTo: ["127.0.0.1"])
        #expect(posted == .answered(status: 302, retryAfterSeconds: 7))
        let request = try #require(server.requests.first)
        #expect(request.line == "POST /a HTTP/1.1" && request.body == Array("{}".utf8))
        #expect(request.headers.contains { $0.lowercased() == "webhook-id: 7" })
        #expect(server.requests.count == 1)
    }

    @Test(arguments: [["10.0.0.1"], ["169.254.169.254"], ["::1", "10.0.0.1"], ["8.8.8.8", "192.168.0.1"]])
    func `do not go to names that lead inwards`(addresses: [String]) async throws {
        let posted = await Self.post(to: "https://hooks.test.example/", leadingTo: addresses)
        #expect(posted == .refused("hooks.test.example leads to an address that is not public"))
    }

    @Test func `do not go to this host, without TLS, or to a bare address, without leave`() async throws {
        let strict = EgressRules()
        for address in ["https://hooks.test.example/", "http://hooks.test.example/", "https://127.0.0.1/"] {
            let posted = await Self.post(to: address, leadingTo: ["127.0.0.1"], rules: strict)
            guard case .refused = posted else {
                Issue.record("\(address): \(posted)")
                continue
            }
        }
    }

    @Test func `say when nobody is there`() async throws {
        for addresses in [[], ["127.0.0.1"]] {
            let posted = await Self.post(to: "http://hooks.test.example:1/", leadingTo: addresses)
            guard case .unreachable = posted else {
                Issue.record("\(addresses): \(posted)")
                continue
            }
        }
    }
}
