/// Who caused an event, through which door, and in which conversation.
package struct EventMetadata: Equatable, Sendable {
    package var actor: Actor
    package var source: Source
    /// The caller's address and program, as far as they are known.
    package var ip: String?, userAgent: String?
    /// The command that this event came of; every event of one command shares it.
    package var commandID: String
    /// The request, job or conversation that the command belongs to.
    package var correlationID: String
    /// The event or command that made this command necessary, when there is one.
    package var causationID: String?

    package enum Source: String, CaseIterable, Sendable {
        case rest, graphql, dashboard, cli, system
    }

    package init(
        actor: Actor, source: Source, ip: String? = nil, userAgent: String? = nil, commandID: String,
        correlationID: String, causationID: String? = nil
    ) {
        (self.actor, self.source, self.ip, self.userAgent) = (actor, source, ip, userAgent)
        (self.commandID, self.correlationID, self.causationID) = (commandID, correlationID, causationID)
    }
}

/// Whoever acts.
package struct Actor: Equatable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        case user, key, system
    }

    package let kind: Kind, id: String
    /// A name that people recognise.
    package let display: String?

    package init(kind: Kind, id: String, display: String? = nil) {
        (self.kind, self.id, self.display) = (kind, id, display)
    }

    /// The product itself, as when a pause has come to its end.
    package static let system = Actor(kind: .system, id: "bot-control")
}

extension EventMetadata {
    /// The metadata as they are stored.
    package var bytes: [UInt8] {
        var writer = JSONWriter(capacityBytes: 384)
        writer.object { object in
            object.name("actor")
            object.object {
                $0.member("kind", actor.kind.rawValue)
                $0.member("id", actor.id)
            }
            object.member("source", source.rawValue)
            object.member("command_id", commandID)
            object.member("correlation_id", correlationID)
            object.member("causation_id", ifPresent: causationID)
            Personal.encode(["display": actor.display, "ip": ip, "user_agent": userAgent], into: &object)
        }
        return writer.bytes
    }

    /// Who acted, from stored metadata, without reading the rest.
    package static func actorID(_ metadata: UnsafeBufferPointer<UInt8>) throws -> String? {
        guard let raw = try StoredObject(metadata).raw("actor") else { return nil }
        return try StoredObject(raw).string("id")
    }

    package static func correlationID(_ metadata: UnsafeBufferPointer<UInt8>) throws -> String? {
        try StoredObject(metadata).string("correlation_id")
    }
}
