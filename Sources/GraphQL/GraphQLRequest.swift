/// A request, its form checked and nothing else.
package struct GraphQLRequest: Sendable {
    package let query: String
    package let operationName: String?
    /// A JSON object; nil for none.
    package let variables: [UInt8]?
    /// Mutations are refused.
    package let readsOnly: Bool
    /// What errors name that nobody foresaw.
    package let correlationID: String

    package init(
        query: String, operationName: String?, variables: [UInt8]?, readsOnly: Bool, correlationID: String
    ) {
        (self.query, self.operationName, self.variables) = (query, operationName, variables)
        (self.readsOnly, self.correlationID) = (readsOnly, correlationID)
    }
}

/// How a request ended.
package enum GraphQLAnswer: Sendable {
    /// It was run: `{"data", "errors"?}`.
    case executed([UInt8], hasErrors: Bool)
    /// It was not: `{"status", "errors"}`.
    case refused([UInt8])
    case failed(Failure)

    package enum Failure: Error, Equatable, Sendable {
        /// It took longer than it may.
        case tookTooLong
        /// The answer is longer than it may be.
        case tooLarge
        /// The engine broke; it starts anew.
        case broke(String)
    }
}

/// Whoever answers for the root fields during one request.
package protocol GraphQLResolving: AnyObject, Sendable {
    /// - Parameters:
    ///   - field: its place in the table.
    ///   - arguments: A JSON object, the names in snake_case.
    /// - Returns: `{"data", "meta"?}`, or `{"error": {"code", "message", "status", "details", "correlation_id"}}`.
    func resolve(_ field: Int, _ arguments: [UInt8]) async -> [UInt8]
}
