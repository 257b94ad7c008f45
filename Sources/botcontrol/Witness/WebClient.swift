import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Small requests to servers that are not believed: bounded in time and size, and never redirected elsewhere by us.
struct WebClient: Sendable {
    static let bytesMax = 1 << 20
    private let session: URLSession

    init(timeoutSeconds: Double = 15) {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = timeoutSeconds
        configuration.timeoutIntervalForResource = timeoutSeconds
        session = URLSession(configuration: configuration)
    }

    struct Answer: Sendable {
        let status: Int, body: [UInt8]
        var text: String { String(decoding: body, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines) }
    }

    struct Unreachable: Error, CustomStringConvertible {
        let url: String, reason: String
        var description: String { "\(url) does not answer: \(reason)" }
    }

    func get(_ url: URL) async throws(Unreachable) -> Answer { try await send(URLRequest(url: url)) }

    func post(_ url: URL, _ body: [UInt8]) async throws(Unreachable) -> Answer {
        var request = URLRequest(url: url)
        request.httpMethod = "POST"
        request.httpBody = Data(body)
        request.setValue("text/plain; charset=utf-8", forHTTPHeaderField: "Content-Type")
        return try await send(request)
    }

    private func send(_ request: URLRequest) async throws(Unreachable) -> Answer {
        let url = request.url?.absoluteString ?? ""
        do {
            let (data, response) = try await session.data(for: request)
            guard data.count <= Self.bytesMax else { throw Unreachable(url: url, reason: "its answer has no end") }
            return Answer(status: (response as? HTTPURLResponse)?.statusCode ?? 0, body: Array(data))
        } catch let error as Unreachable {
            throw error
        } catch {
            throw Unreachable(url: url, reason: error.localizedDescription)
        }
    }
}
