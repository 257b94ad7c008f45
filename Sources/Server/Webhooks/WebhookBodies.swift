import Domain
import Foundation
import Runtime

/// `{"url", "name"?, "account_id"?, "types"?, "after"?}`
struct WebhookBody {
    let address: String, name: String?, account: AccountID?, types: [String], after: Int?

    static let schema: JSON = [
        "type": "object", "required": ["url"], "additionalProperties": false,
        "properties": [
            "url": Schemas.text(Webhook.addressLengthMax, "Where events are posted to: https, and a public address."),
            "name": Schemas.nullableText(100, "What it is for."),
            "account_id": ["type": ["string", "null"], "pattern": .string(AccountID.pattern)],
            "types": types,
            "after": [
                "type": ["integer", "null"], "minimum": 0,
                "description": "The position after which it begins; what comes from now on when absent.",
            ],
        ],
    ]

    fileprivate static let types: JSON = [
        "type": ["array", "null"], "maxItems": .integer(Webhook.typesMax),
        "items": ["type": "string", "enum": .array(EventTypes.all.map { .string($0) })],
        "description": "Only events of these types; all when empty.",
    ]

    init(_ json: JSON, _ rules: WebhookAddressRules) throws {
        var body = ObjectReader(json)
        let given = body.webhookAddress(rules)
        let address = body.require("url", given)
        name = body.label("name", lengthMax: 100)
        account = body.account("account_id")
        types = body.eventTypes() ?? []
        after = body.integer("after", in: 0...(Int.max - 1))
        try body.finish()
        self.address = address ?? ""
    }
}

/// `{"url"?, "name"?, "types"?, "enabled"?}`
struct WebhookChange {
    let address: String?, name: String?, types: [String]?, enabled: Bool?

    static let schema: JSON = [
        "type": "object", "additionalProperties": false, "minProperties": 1,
        "properties": [
            "url": Schemas.nullableText(Webhook.addressLengthMax, "Where events are posted to."),
            "name": Schemas.nullableText(100, "What it is for."), "types": WebhookBody.types,
            "enabled": ["type": ["boolean", "null"], "description": "Whether it is told of events."],
        ],
    ]

    init(_ json: JSON, _ rules: WebhookAddressRules) throws {
        var body = ObjectReader(json)
        address = body.webhookAddress(rules)
        name = body.label("name", lengthMax: 100)
        types = body.eventTypes()
        enabled = body.bool("enabled")
        if json.members?.isEmpty == true {
            body.fail("", "required", "changes nothing: send at least one of url, name, types, enabled")
        }
        try body.finish()
    }
}

/// `{"positions"?}`
struct ReplayBody {
    let positions: Set<Int>?

    static let schema: JSON = [
        "type": "object", "additionalProperties": false,
        "properties": [
            "positions": [
                "type": ["array", "null"], "maxItems": .integer(DeliverySchedule.parkedMax),
                "items": ["type": "integer", "minimum": 1], "description": "Of parked events; all when absent.",
            ]
        ],
    ]

    init(_ json: JSON) throws {
        var body = ObjectReader(json)
        var found: Set<Int>?
        if let entries = body.array("positions", countMax: DeliverySchedule.parkedMax) {
            found = []
            for (index, entry) in entries.enumerated() {
                if let position = entry.integer, position > 0 {
                    found?.insert(position)
                } else {
                    body.fail("positions.\(index)", "wrong_type", "must be a position, a whole number from 1")
                }
            }
        }
        try body.finish()
        positions = found
    }
}

/// Where webhooks may be. What an address leads to is looked at when it is sent to.
package struct WebhookAddressRules: Sendable {
    /// For trying things out: http, and this very host.
    package var allowsLoopback = false

    package init(allowsLoopback: Bool = false) {
        self.allowsLoopback = allowsLoopback
    }

    /// nil when it is fine.
    func complaint(_ text: String) -> String? {
        guard let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(), let host = parts.host,
            !host.isEmpty
        else { return "must be a whole address, such as https://example.com/hooks" }
        guard scheme == "https" || allowsLoopback && scheme == "http" else { return "must begin with https://" }
        // An address of a network is not looked up, and could not be told from one that must not be sent to.
        guard host.split(separator: ".").last?.contains(where: \.isLetter) == true, !host.contains(":") else {
            return "must name its host by letters, not by a network address"
        }
        guard parts.user == nil, parts.password == nil, parts.fragment == nil else {
            return "must hold no name, password or fragment"
        }
        return nil
    }
}

/// The names of all events that there can be.
enum EventTypes {
    static let all: [String] =
        Account.Event.Name.allCases.map(\.rawValue) + Provider.Event.Name.allCases.map(\.rawValue)
        + Bot.Event.Name.allCases.map(\.rawValue) + BotModule.Event.Name.allCases.map(\.rawValue)
        + Extension.Event.Name.allCases.map(\.rawValue) + ExtensionInstall.Event.Name.allCases.map(\.rawValue)
        + LogKey.Event.Name.allCases.map(\.rawValue) + Erasure.Event.Name.allCases.map(\.rawValue)
}

extension ObjectReader {
    fileprivate mutating func webhookAddress(_ rules: WebhookAddressRules) -> String? {
        guard let text = string("url", lengthMin: 1, lengthMax: Webhook.addressLengthMax) else { return nil }
        if let complaint = rules.complaint(text) { fail("url", "not_allowed", complaint) }
        return text
    }

    fileprivate mutating func eventTypes() -> [String]? {
        guard let entries = array("types", countMax: Webhook.typesMax) else { return nil }
        var types: [String] = []
        for (index, entry) in entries.enumerated() {
            guard let type = entry.string, EventTypes.all.contains(type) else {
                let message = NotAllowed.message(entry.string ?? entry.text, among: EventTypes.all)
                fail("types.\(index)", "not_allowed", message)
                continue
            }
            if !types.contains(type) { types.append(type) }
        }
        return types
    }
}
