import Testing

@testable import Redis

@Suite("A Redis address")
struct RedisURLTests {
    @Test(arguments: [
        ("redis://localhost", RedisURL(host: "localhost")),
        ("REDIS://localhost:7000/", RedisURL(host: "localhost", port: 7000)),
        ("redis://10.0.0.1:6380/3", RedisURL(host: "10.0.0.1", port: 6380, database: 3)),
        ("redis://:s%40cr%C3%A9t@host", RedisURL(host: "host", password: "s@crét")),
        ("redis://bob:pass:word@host/0", RedisURL(host: "host", user: "bob", password: "pass:word")),
        ("redis://[::1]:6379", RedisURL(host: "::1")),
    ])
    func `is read`(text: String, url: RedisURL) throws {
        #expect(try RedisURL(text) == url)
    }

    @Test(arguments: [
        "", "localhost", "http://localhost", "rediss://localhost", "redis://", "redis:///1", "redis://host:0",
        "redis://host:70000", "redis://host/one", "redis://host/-1", "redis://host/1/2", "redis://host?db=1",
        "redis://ho st", "redis://:crét@host",
    ])
    func `is refused with a sentence that shows the form`(text: String) {
        #expect { try RedisURL(text) } throws: { "\($0)".contains(RedisURL.form) }
    }

    @Test func `is never repeated with its password`() throws {
        #expect { try RedisURL("redis://bob:secret@host/x") } throws: { !"\($0)".contains("secret") }
        #expect(try RedisURL("redis://bob:secret@host").place == "host:6379")
    }
}

@Suite("A backoff")
struct BackoffTests {
    @Test func `grows to five seconds at most, begins anew after a success, and differs for everybody`() {
        var backoff = Backoff()
        let waits = (0..<40).map { _ in backoff.next() }
        #expect(waits[0] <= .milliseconds(100) && waits[0] >= .milliseconds(50))
        #expect(waits.allSatisfy { $0 <= .seconds(5) } && waits[39] >= .seconds(2.5))
        #expect(Set(waits).count > 30)
        backoff.succeeded()
        #expect(backoff.next() <= .milliseconds(100))
    }
}
