import Foundation

/// Asks the system which addresses a name has, on threads that nobody else waits for.
struct HostResolver: Sendable {
    struct Unknown: Error, Equatable, CustomStringConvertible {
        let description: String
    }

    private let ask: @Sendable (String) async throws(Unknown) -> [NetworkAddress]

    /// - Parameter ask: for tests.
    init(_ ask: @escaping @Sendable (String) async throws(Unknown) -> [NetworkAddress] = Self.system) {
        self.ask = ask
    }

    func addresses(of host: String) async throws(Unknown) -> [NetworkAddress] { try await ask(host) }

    private static let queue = DispatchQueue(label: "botcontrol.resolver", attributes: .concurrent)
    /// More names are not asked for at a time: a thread waits for each.
    private static let turnstile = Turnstile(16)

    @Sendable static func system(_ host: String) async throws(Unknown) -> [NetworkAddress] {
        let result: Result<[NetworkAddress], Unknown> = await turnstile.pass {
            await withCheckedContinuation { continuation in
                queue.async { continuation.resume(returning: lookUp(host)) }
            }
        }
        return try result.get()
    }

    private static func lookUp(_ host: String) -> Result<[NetworkAddress], Unknown> {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_family = AF_UNSPEC
        hints.ai_flags = AI_ADDRCONFIG
        var first: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, nil, &hints, &first)
        guard status == 0 else {
            return .failure(Unknown(description: "\(host) is not found (\(String(cString: gai_strerror(status))))"))
        }
        defer { freeaddrinfo(first) }
        var addresses: [NetworkAddress] = []
        for entry in sequence(first: first, next: { $0?.pointee.ai_next }) {
            guard let entry, let address = entry.pointee.ai_addr else { break }
            switch entry.pointee.ai_family {
            case AF_INET:
                address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
                    addresses.append(NetworkAddress(bytes: withUnsafeBytes(of: $0.pointee.sin_addr) { Array($0) }))
                }
            case AF_INET6:
                address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
                    addresses.append(NetworkAddress(bytes: withUnsafeBytes(of: $0.pointee.sin6_addr) { Array($0) }))
                }
            default: break
            }
        }
        return .success(addresses)
    }
}
