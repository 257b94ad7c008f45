import Domain

/// The log of all events, and what it proves. Hashes are in base64, as checkpoints have them.
extension Schemas {
    static let auditLog: [JSON.Member] = [
        .init("AuditLog", log), .init("LogRotation", rotation), .init("LogWitness", witness),
        .init("EventProof", proof), .init("ConsistencyProof", consistency), .init("Reversal", reversal),
        .init("SecurityLine", SecurityRoutes.schema),
        .init("DocumentChange", documentChange), .init("FieldChange", fieldChange),
        .init("CausingEvent", causingEvent),
    ]

    private static let hash: JSON = ["type": "string", "pattern": "^[A-Za-z0-9+/]{43}=$"]
    private static let hashes: JSON = ["type": "array", "items": hash, "maxItems": 128]
    private static let size: JSON = ["type": "integer", "minimum": 0, "description": "Events in the log."]
    private static let note: JSON = ["type": "string", "description": "A signed note (C2SP signed-note)."]

    private static let log = object([
        "origin": ["type": ["string", "null"], "description": "The log's name, the first line of its checkpoints."],
        "key": ["type": ["string", "null"], "description": "The public key that signs, as signed notes write it."],
        "size": size, "root": ["type": ["string", "null"], "description": "Of the tree over all events, in base64."],
        "checkpoint": ["type": ["string", "null"], "description": "The newest, signed."],
        "cosigned_checkpoint": ["type": ["string", "null"], "description": "The newest that witnesses have signed."],
        "problem": ["type": ["string", "null"], "description": "Why nothing is signed now."],
        "rotations": ["type": "array", "items": ref("LogRotation")],
        "witnesses": ["type": "array", "items": ref("LogWitness")],
    ])

    private static let rotation = object([
        "position": ["type": "integer", "minimum": 1], "previous_key": ["type": "string"], "key": ["type": "string"],
        "handover": ["type": ["string", "null"], "description": "A note of the previous key's that names this one."],
    ])

    private static let witness = object([
        "url": ["type": "string"], "name": nullableString,
        "size": ["type": ["integer", "null"], "minimum": 0, "description": "What it has signed last."],
        "signed_at": nullableTime,
        "problem": ["type": ["string", "null"], "description": "Why it does not sign now."],
    ])

    private static let proof = object([
        "position": ["type": "integer", "minimum": 1],
        "entry": ["type": "string", "description": "One line of JSON: what the leaf is the hash of."],
        "data": ["type": "string", "description": "The event's data, byte for byte as stored."],
        "metadata": ["type": "string", "description": "The event's metadata, byte for byte as stored."],
        "leaf_hash": hash, "size": size, "root": hash, "path": hashes, "checkpoint": note,
        "tlog_proof": ["type": "string", "description": "The same for other tools (C2SP tlog-proof)."],
    ])

    private static let part: JSON = ["type": ["object", "null"]]

    private static let reversal = object([
        "position": ["type": "integer", "minimum": 1, "description": "Of the event that is reverted."],
        "type": ["type": "string"], "stream": ["type": "string"],
        "revision": ["type": "integer", "minimum": 0, "description": "Of the stream's last event."],
        "standing": choice(Reversal.Standing.self),
        "before": part, "after": part, "now": part,
        "changed_at": [
            "type": "array", "items": ["type": "integer"],
            "description": "Where it was changed after the event; the newest positions.",
        ],
        "permitted": ["type": "boolean", "description": "Whether the caller may give the command."],
        "command": object([
            "operation": ["type": "string"], "method": ["type": "string"], "path": ["type": "string"], "body": part,
        ]),
        "result": ["description": "What the command has answered; null when there was nothing to do."],
    ])

    private static let consistency = object([
        "from": size, "from_root": hash, "to": size, "to_root": hash, "path": hashes,
    ])
}
