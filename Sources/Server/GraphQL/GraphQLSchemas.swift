import Domain

/// GraphQL's part of the OpenAPI document: what is inside a document and its answer is the GraphQL schema's affair.
enum GraphQLSchemas {
    static let request: JSON = [
        "type": "object", "required": ["query"], "additionalProperties": false,
        "properties": [
            "query": ["type": "string", "description": "The document."],
            "operationName": [
                "type": ["string", "null"], "description": "Which of its operations, when there are several.",
            ],
            "variables": ["type": ["object", "null"]], "extensions": ["type": ["object", "null"]],
        ],
    ]

    static let parameters: [Operation.Parameter] = [
        .init("query", ["type": "string"], "The document; only a query."),
        .init("operationName", ["type": "string"], "Which of its operations, when there are several."),
        .init("variables", ["type": "string"], "A JSON object."),
        .init("extensions", ["type": "string"], "A JSON object."),
    ]

    private static let errors: JSON = [
        "type": "array",
        "items": [
            "type": "object", "required": ["message", "extensions"],
            "properties": [
                "message": ["type": "string"],
                "extensions": [
                    "type": "object", "required": ["code", "status"],
                    "properties": ["code": ["type": "string"], "status": ["type": "integer"]],
                ],
            ],
        ],
    ]

    static let answer = Operation.Answer.raw(
        contentType: "application/json",
        schema: ["type": "object", "properties": ["data": ["type": ["object", "null"]], "errors": errors]])

    static let mediaTypes = [GraphQLMedia.json, .graphql].map(\.rawValue)

    static let refusals = [406: "The Accept header takes nothing of what there is."]

    static let failures: [Int: JSON] = {
        let failed: JSON = ["type": "object", "required": ["errors"], "properties": ["errors": errors]]
        return Dictionary(
            uniqueKeysWithValues: [400, 401, 403, 405, 406, 413, 415, 422, 429, 500, 503].map { ($0, failed) })
    }()
}
