import AsyncHTTPClient
import NIOCore
import Synchronization

/// HTTP clients that go to one address each, whatever the name leads to by then. Kept for a while: a client reads the
/// system's certificates when it is made.
final class PinnedClients: Sendable {
    static let countMax = 32
    static let idleMax = Duration.seconds(60)

    private struct Key: Hashable {
        let host: String, address: NetworkAddress
    }

    private struct Entry {
        let client: HTTPClient
        var users = 0
        var usedAt: ContinuousClock.Instant
    }

    private let entries = Mutex<[Key: Entry]>([:])

    func use<Value: Sendable>(
        _ host: String, at address: NetworkAddress, _ body: (HTTPClient) async throws -> Value
    ) async throws -> Value {
        let key = Key(host: host, address: address)
        let client = entries.withLock { entries in
            var entry = entries[key] ?? Entry(client: Self.client(host, address), usedAt: .now)
            (entry.users, entry.usedAt) = (entry.users + 1, .now)
            entries[key] = entry
            return entry.client
        }
        let result: Result<Value, any Error>
        do {
            result = .success(try await body(client))
        } catch {
            result = .failure(error)
        }
        entries.withLock { $0[key]?.users -= 1 }
        await trim()
        return try result.get()
    }

    private static func client(_ host: String, _ address: NetworkAddress) -> HTTPClient {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: .init(connect: .seconds(10), read: .seconds(30)), decompression: .disabled)
        configuration.dnsOverride = [host: address.description]
        configuration.connectionPool.idleTimeout = .seconds(30)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        return HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    }

    /// Lets go of those that nobody uses: the ones of old, and the oldest of too many.
    private func trim() async {
        let now = ContinuousClock.now
        let gone = entries.withLock { entries -> [HTTPClient] in
            let idle = entries.filter { $0.value.users == 0 }.sorted { $0.value.usedAt < $1.value.usedAt }
            let surplus = max(0, entries.count - Self.countMax)
            let keys = idle.enumerated().filter { $0.offset < surplus || now - $0.element.value.usedAt > Self.idleMax }
                .map(\.element.key)
            return keys.compactMap { entries.removeValue(forKey: $0)?.client }
        }
        for client in gone { try? await client.shutdown() }
    }

    func close() async {
        let all = entries.withLock { entries in
            defer { entries = [:] }
            return entries.values.map(\.client)
        }
        for client in all { try? await client.shutdown() }
    }
}
