import AsyncHTTPClient
import Domain
import NIOCore
import NIOHTTP1

extension Fetcher {
    /// What somebody has answered to a message of the product's own.
    package enum Posted: Equatable, Sendable {
        case answered(status: Int, retryAfterSeconds: Double?)
        /// Nobody answers, or not in time.
        case unreachable(String)
        /// The address is none that anything is sent to.
        case refused(String)
    }

    private static let postTimeout = Duration.seconds(15)
    private static let postTimeoutAmount = TimeAmount.seconds(15)

    /// Sends a message of the product's own, with the same care for where it goes. Redirects are not followed, and of
    /// the answer's body nothing is read.
    package func post(
        _ body: [UInt8], to address: String, headers: [(name: String, value: String)]
    ) async -> Posted {
        let request: FetchRequest
        do throws(FetchRequest.Refused) {
            request = try FetchRequest(posting: body, to: address, headers: headers, rules: rules)
        } catch {
            return .refused(error.description)
        }
        return await withTaskGroup(of: Posted.self) { group in
            group.addTask { await self.post(request) }
            group.addTask {
                try? await Task.sleep(for: Self.postTimeout)
                return .unreachable("\(request.host) has not answered within \(Self.postTimeout)")
            }
            defer { group.cancelAll() }
            return await group.next() ?? .unreachable("\(request.host) was not asked")
        }
    }

    private func post(_ request: FetchRequest) async -> Posted {
        do {
            let addresses = try await resolver.addresses(of: request.host)
            guard let address = addresses.first else { return .unreachable("\(request.host) is not found") }
            guard addresses.allSatisfy({ rules.allows($0) }) else {
                return .refused("\(request.host) leads to an address that is not public")
            }
            return try await clients.use(request.host, at: address) { client in
                let response = try await client.execute(Self.message(request), timeout: Self.postTimeoutAmount)
                // As a moment it is passed over: the pause between attempts grows anyway.
                let seconds = response.headers.first(name: "Retry-After").flatMap(Int.init)
                return .answered(
                    status: Int(response.status.code), retryAfterSeconds: seconds.map { Double(max(0, $0)) })
            }
        } catch {
            return .unreachable("\(request.host) cannot be reached: \(error)")
        }
    }
}
