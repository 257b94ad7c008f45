import Domain
import Foundation
import Synchronization
import Testing

@testable import Worker

@Suite("Requests of extensions on their way", .timeLimit(.minutes(1)))
struct FetcherTests {
    /// A resolver that answers with each of these in turn, the last again and again.
    private static func resolver(_ answers: [String]...) -> HostResolver {
        let place = Mutex(0)
        return HostResolver { _ in
            let index = place.withLock { place in
                defer { place += 1 }
                return min(place, answers.count - 1)
            }
            return answers[index].compactMap { NetworkAddress($0) }
        }
    }

    private static func fetch(
        _ server: FakeServer, path: String = "/", options: JSON = .emptyObject, resolver: HostResolver? = nil
    ) async throws -> JSON {
        let port = try #require(URL(string: server.address)?.port)
        let fetcher = Fetcher(
            rules: EgressRules(allowsLoopback: true), resolver: resolver ?? Self.resolver(["127.0.0.1"]))
        let egress = Egress(allowHosts: ["api.test.example"], allowPorts: [port])
        let result = await Result.from {
            try await fetcher.fetch([.string("http://api.test.example:\(port)\(path)"), options], to: egress)
        }
        await fetcher.close()
        return try JSONParser.parse(result.get())
    }

    @Test func `go to the checked address under their own name`() async throws {
        let server = try FakeServer { _, connection in connection.answer("200 OK", "höre") }
        let answer = try await Self.fetch(
            server, path: "/a?b=c", options: ["method": "POST", "headers": ["X-Key": "k"], "body": "hi"])
        #expect(answer["status"] == 200 && answer["body"] == "höre")
        #expect(answer["headers"]?["content-length"] == "5")
        let request = try #require(server.requests.first)
        #expect(request.line == "POST /a?b=c HTTP/1.1" && request.body == Array("hi".utf8))
        let hosts = request.headers.filter { $0.lowercased().hasPrefix("host:") }
        #expect(hosts.count == 1 && hosts[0].contains("api.test.example:"))
        #expect(request.headers.contains { $0.lowercased() == "x-key: k" })
    }

    @Test(arguments: [
        ["10.0.0.1"], ["169.254.169.254"], ["::1", "10.0.0.1"], ["8.8.8.8", "192.168.0.1"], ["::ffff:10.0.0.1"], [],
    ])
    func `are not made to names that lead inwards, not even by one of their addresses`(addresses: [String]) async throws
    {
        let server = try FakeServer { _, connection in connection.answer("200 OK") }
        await #expect(throws: FetchRequest.Refused.self) {
            try await Self.fetch(server, resolver: Self.resolver(addresses))
        }
        #expect(server.requests.isEmpty)
    }

    @Test func `do not go to this host without the tests' leave`() async throws {
        let fetcher = Fetcher(rules: EgressRules(), resolver: Self.resolver(["127.0.0.1"]))
        await #expect(throws: FetchRequest.Refused("api.test.example leads to an address that is not public")) {
            try await fetcher.fetch(
                ["https://api.test.example/"], to: Egress(allowHosts: ["api.test.example"]))
        }
        await fetcher.close()
    }

    /// The first answer is the only one that counts: nobody asks again between the check and the connection.
    @Test func `cannot be rebound between the check and the connection`() async throws {
        let server = try FakeServer { _, connection in connection.answer("200 OK", "safe") }
        let asked = Mutex(0)
        let resolver = HostResolver { _ in
            asked.withLock { $0 += 1 }
            return [asked.withLock { $0 } == 1 ? "127.0.0.1" : "10.0.0.1"].compactMap { NetworkAddress($0) }
        }
        #expect(try await Self.fetch(server, resolver: resolver)["body"] == "safe")
        #expect(asked.withLock { $0 } == 1)
    }

    @Test func `follow no redirect`() async throws {
        let server = try FakeServer { _, connection in
            connection.send("HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n")
        }
        let answer = try await Self.fetch(server)
        #expect(answer["status"] == 302 && answer["headers"]?["location"] == "http://169.254.169.254/")
        #expect(server.requests.count == 1)
    }

    @Test func `end at four megabytes, told or not`() async throws {
        let server = try FakeServer { _, connection in
            connection.begin()
            let piece = String(repeating: "x", count: 1 << 18)
            for _ in 0..<40 { guard connection.chunk(piece) else { return } }
            connection.end()
        }
        await #expect(throws: FetchRequest.Refused.self) { try await Self.fetch(server) }
    }

    @Test func `say so when nobody answers properly`() async throws {
        let server = try FakeServer { _, connection in connection.send("nonsense\r\n\r\n") }
        await #expect(throws: FetchRequest.Refused.self) { try await Self.fetch(server) }
    }

    @Test func `are ten a call, and none afterwards`() {
        let purses = RequestPurses()
        #expect(!purses.take(Samples.install))
        purses.begin(Samples.install)
        #expect((0..<12).count { _ in purses.take(Samples.install) } == RequestPurses.perCallMax)
        purses.begin(Samples.install)
        #expect(purses.take(Samples.install))
        purses.end(Samples.install)
        #expect((0..<20).count { _ in purses.take(Samples.install) } == 9)
        purses.end(Samples.install)
        #expect(!purses.take(Samples.install))
        #expect(!purses.take(Samples.otherInstall))
    }
}

extension Result where Failure == any Error {
    fileprivate static func from(_ body: () async throws -> Success) async -> Self {
        do { return .success(try await body()) } catch { return .failure(error) }
    }
}
