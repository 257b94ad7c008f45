import Domain
import HTTPTypes
import Hummingbird
import Runtime

/// How a person comes in and goes: with any credential that the API takes, or by a link that is good once.
struct SignIn: Sendable {
    static let path = "/sign-in"
    static let sessionSecondsMax = 12 * 3600
    static let linkSecondsMax = 600.0

    let services: Services

    // MARK: pages

    func show(_ request: Request) -> Response {
        let query = Form(request.uri.query ?? "")
        let notice: String? = query["ended"] != nil ? "Your session has ended. Sign in again to go on." : nil
        return page(.ok, next: query["next"], code: query["code"], notice: query["out"] != nil ? "Signed out." : notice)
    }

    func submit(_ request: Request, _ context: APIContext) async -> Response {
        var next: String?
        do {
            try SameOrigin.require(request)
            let form = try await PagePipeline.form(of: request)
            next = form["next"]
            let voucher = try await voucher(form, address: context.remoteAddress)
            return try enter(voucher, request, next: next)
        } catch {
            let error = APIError(error)
            services.security.refused(error, Self.path, request, by: nil, from: context.remoteAddress)
            return page(error.status, next: next, code: nil, failure: error.message.sentence)
        }
    }

    @Sendable func leave(_ visit: Visit) async throws -> Response {
        _ = try services.runtime.endSession(visit.secret.digest)
        var response = HTML.redirect("\(Self.path)?out=1")
        response.headers[.setCookie] = SessionCookie.header(nil, for: visit.request, secondsMax: 0)
        return response
    }

    /// - Parameter hasEnded: there was a session.
    static func redirect(from request: Request, hasEnded: Bool = false) -> Response {
        let target = request.method == .get ? request.uri.string : nil
        let query = PercentEncoding.query([
            (key: "next", value: target == "/" ? nil : target), (key: "ended", value: hasEnded ? "1" : nil),
        ])
        return HTML.redirect(path + query)
    }

    private func page(
        _ status: HTTPResponse.Status, next: String?, code: String?, notice: String? = nil, failure: String? = nil
    ) -> Response {
        var content: View = [:]
        content["next"] = next.flatMap { Self.isOurs($0) ? $0 : nil }
        content["code"] = code
        content["notice"] = notice
        content["failure"] = failure
        return HTML.response(status, "sign-in", MessagePage.bare("Sign in", content))
    }

    // MARK: what is shown

    private func voucher(_ form: Form, address: String?) async throws -> Voucher {
        let address = address.map { ClientAddress($0) }
        if let address, case .limited(let seconds) = services.gate.limiter.admitsAuthentication(from: address) {
            throw APIError(.tooManyRequests, "rate_limited", "too many attempts: wait \(seconds) s, then try again")
        }
        do throws(AuthenticationFailed) {
            return try await voucher(form)
        } catch {
            if let address, error.reason != .missing {
                services.gate.limiter.recordFailedAuthentication(from: address)
            }
            let message =
                switch (form["code"], error.reason) {
                case (_?, _): "this link was used already, or is older than ten minutes: ask for a new one"
                case (nil, .missing): "paste a token or an API key"
                default: error.message
                }
            throw APIError(.unauthorized, AuthenticationFailed.code, message)
        }
    }

    private func voucher(_ form: Form) async throws(AuthenticationFailed) -> Voucher {
        if let code = form["code"] {
            guard let secret = SessionSecret(code), services.runtime.session(secret.digest, .link) != nil,
                let link = try? services.runtime.endSession(secret.digest)
            else { throw AuthenticationFailed(.invalid) }
            return Voucher(caller: link.caller, expiresAt: .latest, origin: link.origin)
        }
        guard let token = form["token"]?.filter({ !$0.isWhitespace }), !token.isEmpty else {
            throw AuthenticationFailed(.missing)
        }
        // A session is no credential to begin another with: it would outlive its own end.
        guard !token.hasPrefix(SessionSecret.prefix) else { throw AuthenticationFailed(.invalid) }
        return try await services.gate.authenticator.vouch("Bearer \(token)")
    }

    private func enter(_ voucher: Voucher, _ request: Request, next: String?) throws -> Response {
        let now = services.clock.now
        let end = min(voucher.expiresAt, now.adding(seconds: Double(Self.sessionSecondsMax)))
        let secret = SessionSecret.random()
        // Whoever was signed in here is not any more.
        if let old = SessionCookie.secret(request) { _ = try services.runtime.endSession(old.digest) }
        try services.runtime.createSession(
            Session(kind: .browser, caller: voucher.caller, origin: voucher.origin, createdAt: now, expiresAt: end),
            digest: secret.digest)
        var response = HTML.redirect(next.flatMap { Self.isOurs($0) ? $0 : nil } ?? "/")
        response.headers[.setCookie] = SessionCookie.header(
            secret, for: request, secondsMax: max(1, Int(end.seconds(since: now))))
        return response
    }

    /// A path here, and nothing that a browser takes for another site.
    private static func isOurs(_ target: String) -> Bool {
        target.hasPrefix("/") && !target.hasPrefix("//") && !target.contains("\\")
            && target.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F }
    }
}

extension ControlPlane {
    /// A link's address that lets one person in, once, within ten minutes. Only its hash is kept.
    package func signInPath(for grant: TokenGrant) throws -> String {
        let now = services.clock.now, secret = SessionSecret.random()
        let caller = Caller(
            actor: Actor(kind: .user, id: grant.subject, display: grant.name), account: grant.account,
            role: grant.role, permissions: grant.permissions, isSystemAdmin: grant.isSystemAdmin, isSystemKey: false)
        try services.runtime.createSession(
            Session(
                kind: .link, caller: caller, origin: .server, createdAt: now,
                expiresAt: now.adding(seconds: SignIn.linkSecondsMax)), digest: secret.digest)
        return "\(SignIn.path)?code=\(secret.text)"
    }
}
