import Domain
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// What every page passes: a session, its budget and permissions; a form's token; then the page's own code.
struct PagePipeline: Sendable {
    private static let formBytesMax = 256 * 1024

    let page: Page
    let services: Services

    func respond(_ request: Request, _ context: APIContext) async -> Response {
        let correlationID = Pipeline.correlationID(of: request, now: services.clock.now)
        var response = await answer(request, context, correlationID)
        response.headers[.correlationID] = correlationID
        return response
    }

    private func answer(_ request: Request, _ context: APIContext, _ correlationID: String) async -> Response {
        guard let secret = SessionCookie.secret(request) else {
            return unknown(request, correlationID, hasEnded: false)
        }
        var visit: Visit?
        do {
            let caller = try await services.gate.admit(
                secret.authorization, address: context.remoteAddress, budget: page.budget)
            let form = try await form(of: request, secret)
            let admitted = Visit(
                request: request, parameters: context.parameters, caller: caller, secret: secret,
                correlationID: correlationID, remoteAddress: context.remoteAddress,
                closeConnection: context.closeConnection, form: form)
            visit = admitted
            for permission in page.permissions { try Authoriser.require(permission, caller) }
            return try await page.handler(admitted)
        } catch {
            let cause = "\(error)", error = APIError(error)
            services.security.refused(
                error, page.path, request, by: visit?.caller, from: context.remoteAddress)
            if error.status == .unauthorized { return unknown(request, correlationID, hasEnded: true) }
            if error.status.code == 500 {
                services.logger.error(
                    "\(page.method.rawValue) \(page.path) failed",
                    metadata: ["error": "\(cause)", "correlation_id": "\(correlationID)"])
            }
            return MessagePage.response(error, visit, correlationID: correlationID)
        }
    }

    /// People are led to the sign-in page; scripts are told.
    private func unknown(_ request: Request, _ correlationID: String, hasEnded: Bool) -> Response {
        guard !request.uri.path.hasPrefix("/dashboard/") else {
            let error = APIError(.unauthorized, AuthenticationFailed.code, "the session has ended: sign in again")
            return Pipeline.response(error, correlationID: correlationID)
        }
        return SignIn.redirect(from: request, hasEnded: hasEnded)
    }

    /// A browser posts a form whoever asks it to: it must come from a page of ours and bring the session's token.
    private func form(of request: Request, _ secret: SessionSecret) async throws -> Form {
        guard !CredentialSource.isSafe(request.method) else { return Form("") }
        try SameOrigin.require(request)
        let form = try await Self.form(of: request)
        guard let token = form["csrf"], secret.isFormToken(token) else { throw CredentialSource.noToken }
        return form
    }

    static func form(of request: Request) async throws -> Form {
        do {
            let body = try await request.body.collect(upTo: formBytesMax)
            return Form(bytes: body.readableBytesView)
        } catch {
            throw APIError(.contentTooLarge, "too_large", "the form is larger than \(formBytesMax) bytes")
        }
    }
}
