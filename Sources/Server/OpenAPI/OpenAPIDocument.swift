import Domain
import HTTPTypes

/// The API's description (OpenAPI 3.1), made of the very operations that the router runs.
enum OpenAPIDocument {
    static func json(_ operations: [Operation]) -> JSON {
        [
            "openapi": "3.1.0",
            "info": [
                "title": "Bot Control", "version": "1",
                "description": "The switchboard for every chat bot: pause, halt, configure, prove what was switched.",
                "license": ["name": "MIT", "identifier": "MIT"],
            ],
            "servers": [["url": "/"]],
            "paths": .object(paths(operations)),
            "components": [
                "schemas": Schemas.all,
                "securitySchemes": [
                    "bearer": [
                        "type": "http", "scheme": "bearer",
                        "description": "A token (with or without lm_), a user key (lm_usr_) or a system key (lm_sys_).",
                    ]
                ],
            ],
        ]
    }

    private static func paths(_ operations: [Operation]) -> [JSON.Member] {
        var order: [String] = []
        for operation in operations where !order.contains(operation.path) { order.append(operation.path) }
        return order.map { path in
            let members = operations.filter { $0.path == path }.map { operation in
                JSON.Member(operation.method.rawValue.lowercased(), describe(operation))
            }
            return JSON.Member(path, .object(members))
        }
    }

    private static func describe(_ operation: Operation) -> JSON {
        var members: [JSON.Member] = [
            .init("operationId", .string(operation.id)), .init("summary", .string(operation.summary)),
        ]
        switch operation.access {
        case .anyone: members.append(.init("security", []))
        case .permission(let permission):
            members.append(.init("security", [["bearer": []]]))
            members.append(.init("description", .string("Needs the permission `\(permission.rawValue)`.")))
        case .known:
            members.append(.init("security", [["bearer": []]]))
            members.append(.init("description", "Needs the permissions of what is asked for."))
        case .system:
            members.append(.init("security", [["bearer": []]]))
            members.append(.init("description", "Needs a system key."))
        case .systemAdmin:
            members.append(.init("security", [["bearer": []]]))
            members.append(.init("description", "Needs a system admin."))
        }
        let parameters = parameters(operation)
        if !parameters.isEmpty { members.append(.init("parameters", .array(parameters))) }
        if let body = operation.body {
            members.append(
                .init("requestBody", ["required": true, "content": ["application/json": ["schema": body]]]))
        }
        members.append(.init("responses", .object(responses(operation))))
        return .object(members)
    }

    private static func parameters(_ operation: Operation) -> [JSON] {
        let path = operation.pathParameters.map { name -> JSON in
            ["name": .string(name), "in": "path", "required": true, "schema": pathSchema(name)]
        }
        let query = (operation.parameters + (operation.isWrite ? Waiting.parameters : [])).map { parameter -> JSON in
            [
                "name": .string(parameter.name), "in": "query", "required": false, "schema": parameter.schema,
                "description": .string(parameter.description),
            ]
        }
        return path + query + (operation.isWrite ? writeHeaders : [])
    }

    private static func pathSchema(_ name: String) -> JSON {
        switch name {
        case "platform": Schemas.choice(Platform.self)
        case "module_name": Schemas.choice(ModuleName.self)
        case "account_id": ["type": "string", "pattern": .string(AccountID.pattern)]
        case "extension_id", "install_id": ["type": "string", "pattern": .string(ExtensionID.pattern)]
        case "version": ["type": "string", "pattern": "^[0-9A-Za-z.+-]{1,64}$"]
        case "digest": ["type": "string", "pattern": .string(BundleDigest.pattern)]
        case "level": ["type": "integer", "minimum": 0, "maximum": 7]
        case "tile": ["type": "string", "pattern": #"^(x[0-9]{3}/){0,4}[0-9]{3}(\.p/[0-9]{1,3})?$"#]
        case "position": ["type": "integer", "minimum": 1]
        default: ["type": "string", "pattern": "^[A-Za-z0-9_-]{1,64}$"]
        }
    }

    private static let writeHeaders: [JSON] = [
        [
            "name": "Idempotency-Key", "in": "header", "required": false,
            "schema": ["type": "string", "pattern": "^[!-~]{1,255}$"],
            "description": "The same key and request get the same answer again for 24 hours.",
        ],
        [
            "name": "If-Match", "in": "header", "required": false,
            "schema": ["type": "string", "pattern": "^(\"-?[0-9]{1,9}\"|-?[0-9]{1,9})$"], "example": "\"0\"",
            "description": "The revision that the caller has seen; 412 when it is out of date.",
        ],
    ]

    private static func responses(_ operation: Operation) -> [JSON.Member] {
        var statuses: [Int: JSON] = [:]
        var failures: [Int: String] = [500: "Something went wrong here.", 422: "Something in the request is wrong."]
        if operation.access != .anyone {
            failures[503] = "Nothing can be read or recorded now."
            failures[401] = "No valid credentials."
            failures[403] = "Not permitted."
            failures[429] = "Too many requests."
        }
        if operation.body != nil {
            failures[400] = "The body is not JSON."
            failures[413] = "The body is too large."
            failures[415] = "The body is not declared as JSON."
        }
        if operation.isWrite {
            failures[409] = "It cannot be done as things are."
            failures[412] = "The If-Match is out of date."
        }
        failures.merge(operation.refusals) { $1 }
        for (status, description) in failures { statuses[status] = response(description, Schemas.ref("Error")) }
        for (status, answer) in successes(operation) { statuses[status] = answer }
        for (status, schema) in operation.otherAnswers { statuses[status] = response("The answer then.", schema) }
        return statuses.sorted { $0.key < $1.key }.map {
            .init(String($0.key), inAllForms($0.value, operation.mediaTypes))
        }
    }

    /// A response in JSON, under every name that its JSON goes by.
    private static func inAllForms(_ response: JSON, _ mediaTypes: [String]) -> JSON {
        guard mediaTypes.count > 1, let json = response["content"]?["application/json"] else { return response }
        let members = (response.members ?? []).filter { $0.name != "content" }
        return .object(members + [.init("content", .object(mediaTypes.map { .init($0, json) }))])
    }

    private static func successes(_ operation: Operation) -> [(Int, JSON)] {
        switch operation.answer {
        case .one(let name):
            let found = (200, response("The thing.", envelope(Schemas.ref(name))))
            return operation.method == .get ? [found, notModified] : [found]
        case .list(let name):
            let page = (200, response("A page.", envelope(list(name), meta: pageMeta)))
            return operation.takesAsOf ? [page, notModified] : [page]
        case .log(let name, let others):
            return [(200, log(response("A page of the log.", envelope(list(name), meta: logMeta)), others))]
        case .collection(let name, let meta):
            return [(200, response("The rows.", envelope(list(name), meta: meta)))]
        case .write(let name, let creates):
            let data: JSON = ["oneOf": [Schemas.ref(name), ["type": "null"]]]
            let done = response("Done, or done already.", envelope(data, meta: writeMeta))
            return creates ? [(200, done), (201, done)] : [(200, done)]
        case .raw(let contentType, let schema):
            let type = contentType.split(separator: ";").first.map(String.init) ?? contentType
            return [(200, ["description": "The answer.", "content": .object([.init(type, ["schema": schema])])])]
        }
    }

    private static let notModified: (Int, JSON) = (304, ["description": "As the If-None-Match has it."])

    /// The same in another form, when the Accept header asks for it.
    private static func log(_ page: JSON, _ others: [String]) -> JSON {
        let whole = others.map { JSON.Member($0, ["schema": ["type": "string"]]) }
        return ["description": page["description"] ?? "", "content": .object((page["content"]?.members ?? []) + whole)]
    }

    private static func response(_ description: String, _ schema: JSON) -> JSON {
        ["description": .string(description), "content": ["application/json": ["schema": schema]]]
    }

    private static func list(_ name: String) -> JSON { ["type": "array", "items": Schemas.ref(name)] }

    private static func envelope(_ data: JSON, meta: JSON? = nil) -> JSON {
        var properties: [JSON.Member] = [
            .init("data", data),
            .init("_links", ["type": "object", "additionalProperties": ["type": "object", "required": ["href"]]]),
        ]
        if let meta { properties.append(.init("meta", meta)) }
        return [
            "type": "object", "required": .array(properties.map { .string($0.name) }),
            "properties": .object(properties), "additionalProperties": false,
        ]
    }

    private static let pageMeta: JSON = [
        "type": "object", "required": ["page", "per_page", "total"],
        "properties": [
            "page": ["type": "integer"], "per_page": ["type": "integer"], "total": ["type": "integer", "minimum": 0],
        ],
    ]
    private static let logMeta: JSON = [
        "type": "object", "required": ["next"], "properties": ["next": ["type": ["string", "null"]]],
    ]
    private static let writeMeta: JSON = [
        "type": "object", "required": ["changed", "position"],
        "properties": [
            "changed": ["type": "boolean", "description": "False when it was so already."],
            "position": ["type": "integer", "minimum": 0, "description": "Of the last change; 0 when there is none."],
            "visible": ["type": "boolean", "description": "False when data may still be older than the change."],
            "convergence": Schemas.convergence,
        ],
    ]
}
