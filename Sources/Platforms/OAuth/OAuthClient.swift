import Domain
import NIOHTTP1

/// Gets new tokens from one platform's server.
package struct OAuthClient: Sendable {
    private let client: APIClient
    private let server: OAuthServer

    package init(_ client: APIClient, _ server: OAuthServer) {
        (self.client, self.server) = (client, server)
    }

    package func refresh(_ grant: OAuthGrant) async throws(OAuthRefusal) -> OAuthTokens {
        let answer: APIAnswer
        do {
            answer = try await client.send(request(grant), to: server.base, headers: headers(grant))
        } catch {
            throw .unavailable(reason: grant.hidden(in: error.reason))
        }
        let reason = ChatText.reason(grant.hidden(in: Self.reason(answer)))
        switch answer.status {
        case 200..<300: break
        case 429, 500...: throw .unavailable(reason: reason)
        default: throw .refused(reason: reason)
        }
        guard let access = answer.body?["access_token"]?.string, !access.isEmpty else {
            throw .unavailable(reason: "the platform answered \(answer.status), but without a token")
        }
        let refresh = answer.body?["refresh_token"]?.string.flatMap { $0.isEmpty ? nil : Secret($0) }
        let seconds = answer.body?["expires_in"]?.integer.flatMap { (1...315_360_000).contains($0) ? $0 : nil }
        return OAuthTokens(access: Secret(access), refresh: refresh, expiresInSeconds: seconds)
    }

    private func headers(_ grant: OAuthGrant) -> HTTPHeaders {
        switch server.style {
        case .form: ["Content-Type": "application/x-www-form-urlencoded"]
        case .trovo: ["Client-ID": grant.clientID.exposed]
        }
    }

    private func request(_ grant: OAuthGrant) -> APIRequest {
        var members = [
            APIRequest.Parameter(name: "grant_type", value: "refresh_token"),
            .init(name: "refresh_token", value: grant.refreshToken.exposed),
            .init(name: "client_secret", value: grant.clientSecret.exposed),
        ]
        switch server.style {
        case .form:
            members.append(.init(name: "client_id", value: grant.clientID.exposed))
            return APIRequest(method: .POST, path: server.path, body: Array(APIRequest.form(members).utf8))
        case .trovo:
            let body = JSON.object(members.map { .init($0.name, .string($0.value)) })
            return APIRequest(method: .POST, path: server.path, body: body.bytes)
        }
    }

    private static func reason(_ answer: APIAnswer) -> String {
        let body = answer.body
        let code = body?["error"]?.string
        let text = body?["error_description"]?.string ?? body?["message"]?.string ?? code ?? ""
        return text.isEmpty ? "the platform answered \(answer.status)" : "\(text) (\(code ?? "\(answer.status)"))"
    }
}
