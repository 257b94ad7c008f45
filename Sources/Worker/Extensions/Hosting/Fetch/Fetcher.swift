import AsyncHTTPClient
import Domain
import NIOCore
import NIOHTTP1

/// Makes the requests of extensions.
///
/// A name is looked up here, and the connection goes to an address that was found fit: that the name may lead elsewhere
/// a moment later does not matter. Redirects are handed to the script as they are.
package final class Fetcher: Sendable {
    let rules: EgressRules
    let resolver: HostResolver
    let clients = PinnedClients()

    package convenience init(rules: EgressRules = EgressRules()) {
        self.init(rules: rules, resolver: HostResolver())
    }

    init(rules: EgressRules, resolver: HostResolver) {
        (self.rules, self.resolver) = (rules, resolver)
    }

    /// To be called when nobody fetches any more.
    package func close() async { await clients.close() }

    /// - Parameter arguments: as the script gave them.
    /// - Returns: `{status, headers, body}`.
    func fetch(_ arguments: [JSON], to egress: Egress) async throws -> [UInt8] {
        let request = try FetchRequest(arguments, to: egress, rules: rules)
        return try await withThrowingTaskGroup(of: [UInt8].self) { group in
            group.addTask { try await self.send(request) }
            group.addTask {
                try await Task.sleep(for: EgressRules.timeout)
                throw FetchRequest.Refused("\(request.host) has not answered within \(EgressRules.timeout)")
            }
            defer { group.cancelAll() }
            return try await group.next() ?? []
        }
    }

    private func send(_ request: FetchRequest) async throws -> [UInt8] {
        let address = try await self.address(of: request.host)
        return try await clients.use(request.host, at: address) { client in
            let response: HTTPClientResponse
            do {
                response = try await client.execute(Self.message(request), timeout: TimeAmount(EgressRules.timeout))
            } catch {
                throw FetchRequest.Refused("\(request.host) cannot be reached: \(error)")
            }
            return try await Self.answer(response, of: request)
        }
    }

    /// All must be fit: a name that also leads inwards is nobody's to ask for.
    private func address(of host: String) async throws -> NetworkAddress {
        let addresses = try await resolver.addresses(of: host)
        guard addresses.allSatisfy({ rules.allows($0) }), let first = addresses.first else {
            throw FetchRequest.Refused(
                addresses.isEmpty ? "\(host) is not found" : "\(host) leads to an address that is not public")
        }
        return first
    }

    static func message(_ request: FetchRequest) -> HTTPClientRequest {
        var message = HTTPClientRequest(url: request.url)
        message.method = HTTPMethod(rawValue: request.method.rawValue)
        message.headers.add(name: "Host", value: request.authority)
        for header in request.headers { message.headers.add(name: header.name, value: header.value) }
        if !message.headers.contains(name: "User-Agent") {
            message.headers.add(name: "User-Agent", value: "botcontrol-extension")
        }
        if !request.body.isEmpty { message.body = .bytes(request.body) }
        return message
    }

    private static func answer(_ response: HTTPClientResponse, of request: FetchRequest) async throws -> [UInt8] {
        var body: [UInt8] = []
        for try await piece in response.body {
            guard body.count + piece.readableBytes <= EgressRules.responseBytesMax else {
                throw FetchRequest.Refused("\(request.host) has sent more than \(EgressRules.responseBytesMax) bytes")
            }
            body.append(contentsOf: piece.readableBytesView)
        }
        var headers: [String: String] = [:]
        for (name, value) in response.headers {
            headers[name.lowercased()] = headers[name.lowercased()].map { "\($0), \(value)" } ?? value
        }
        var writer = JSONWriter(capacityBytes: body.count + 1024)
        writer.object { object in
            object.member("status", Int(response.status.code))
            object.name("headers")
            object.object { object in
                for (name, value) in headers.sorted(by: { $0.key < $1.key }) {
                    object.name(name)
                    object.string(value)
                }
            }
            object.member("body", String(decoding: body, as: UTF8.self))
        }
        return writer.bytes
    }
}
