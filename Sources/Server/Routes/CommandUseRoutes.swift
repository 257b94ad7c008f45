import Domain
import Hummingbird
import Projections
import Runtime

/// What workers without a Redis ask for on behalf of commands in chat.
struct CommandUseRoutes {
    let services: Services

    var operations: [Operation] {
        [
            Operation(
                method: .post, path: Self.path, id: "countCommandUse",
                summary: "Count one more use of a command that says {count}, and answer how many there are.",
                access: .system, body: Self.schema, answer: .one("CommandUses"),
                refusals: [404: "The account has no command of that name in force."], handler: count)
        ]
    }

    private static let path = "/v1/internal/command-uses"

    private static let schema: JSON = [
        "type": "object", "required": ["account_id", "name"], "additionalProperties": false,
        "properties": [
            "account_id": ["type": "string", "pattern": .string(AccountID.pattern)],
            "name": ["type": "string", "pattern": .string(CommandName.pattern)],
        ],
    ]

    @Sendable private func count(_ call: Call) async throws -> Response {
        let count = try services.count(CommandUse(call.json()))
        return Answers.one(Self.path) { data in data.object { $0.member("count", count) } }
    }
}

extension Services {
    /// Counts one more use of a command that is there.
    ///
    /// - Returns: how many there are now.
    package func count(_ use: CommandUse) throws -> Int {
        guard
            try readModels.botCommand(use.name, of: .account(use.account)) != nil
                || readModels.botCommand(use.name, of: .global) != nil
        else { throw APIError.notFound("there is no command !\(use.name)") }
        return try runtime.count(use)
    }
}
