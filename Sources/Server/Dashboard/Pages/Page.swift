import Domain
import HTTPTypes
import Hummingbird

/// A page of the dashboard, or a form of one: where it is, who may use it, and the code that answers.
struct Page: Sendable {
    let method: HTTPRequest.Method
    /// With parameters in braces.
    let path: String
    /// All of them are needed.
    let permissions: [Permission]
    let budget: Operation.Budget
    let handler: @Sendable (Visit) async throws -> Response

    init(
        _ method: HTTPRequest.Method, _ path: String, _ permissions: Permission...,
        budget: Operation.Budget = .ordinary,
        handler: @escaping @Sendable (Visit) async throws -> Response
    ) {
        (self.method, self.path, self.permissions) = (method, path, permissions)
        (self.budget, self.handler) = (budget, handler)
    }

    var routerPath: RouterPath { RouterPath(path.replacing("{", with: ":").replacing("}", with: "")) }
}
