import Domain
import Runtime

/// Who is told of events.
extension Schemas {
    static let webhooks: [JSON.Member] = [
        .init("Webhook", object(.object(webhook))),
        .init(
            "NewWebhook",
            object(
                .object(
                    webhook + [
                        .init(
                            "secret",
                            [
                                "type": "string", "pattern": "^whsec_[A-Za-z0-9+/]+=*$",
                                "description": "For checking signatures; shown here alone.",
                            ])
                    ]))),
        .init("ParkedDelivery", parkedDelivery),
    ]

    private static let webhook: [JSON.Member] = [
        .init("id", ["type": "string"]), .init("url", ["type": "string"]), .init("name", nullableString),
        .init("account_id", ["type": ["string", "null"], "description": "Whose events; null for all."]),
        .init("types", ["type": "array", "items": ["type": "string"], "description": "Of events; all when empty."]),
        .init("state", choice(Webhook.State.self)),
        .init(
            "position",
            ["type": "integer", "minimum": 0, "description": "Up to here all was told, or parked, or passed over."]),
        .init("attempts", ["type": "integer", "minimum": 0, "description": "Of the next event."]),
        .init("next_attempt_at", nullableTime), .init("failing_since", nullableTime),
        .init("problem", ["type": ["string", "null"], "description": "What the last attempt has come to."]),
        .init("parked_count", ["type": "integer", "minimum": 0, "description": "Events that could not be told."]),
        .init("delivered_at", nullableTime), .init("created_at", moment), .init("created_by", ["type": "string"]),
    ]

    private static let parkedDelivery = object([
        "position": ["type": "integer", "minimum": 1], "attempts": ["type": "integer", "minimum": 1],
        "problem": ["type": "string"], "parked_at": moment,
        "queued": ["type": "boolean", "description": "It is to be tried again."],
    ])
}
