/// What a worker sends back besides acknowledgements: which bots live, what was done in chat, and which
/// extensions it had to stop. A report that is lost is not missed, and one that comes twice does no harm.
package struct Report: Equatable, Sendable {
    package var worker: String
    package var heartbeats: [Heartbeat]
    package var moderation: [ModerationRecord]
    /// Unlike the rest, these become history.
    package var breakers: [BreakerChange]

    /// So many of each, and so many bytes, are taken in one document; `parts` keeps to them.
    package static let heartbeatsMax = 1_000, moderationMax = 200, breakersMax = 500
    package static let sizeBytesMax = 256 * 1024

    package init(
        worker: String, heartbeats: [Heartbeat] = [], moderation: [ModerationRecord] = [],
        breakers: [BreakerChange] = []
    ) {
        (self.worker, self.heartbeats, self.moderation, self.breakers) = (worker, heartbeats, moderation, breakers)
    }

    package var isEmpty: Bool { heartbeats.isEmpty && moderation.isEmpty && breakers.isEmpty }
}

extension Report {
    /// `{worker, heartbeats: [{account_id, platform, at}], moderation: [record], breakers: [{install_id, state, reason,
    /// at}]}`; older workers send no `breakers`.
    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("worker", worker)
            object.name("heartbeats")
            object.array { array in heartbeats.forEach { $0.encode(into: &array) } }
            object.name("moderation")
            object.array { array in moderation.forEach { $0.encode(into: &array) } }
            object.name("breakers")
            object.array { array in breakers.forEach { $0.encode(into: &array) } }
        }
    }

    package var bytes: [UInt8] {
        var writer = JSONWriter(capacityBytes: 1024)
        encode(into: &writer)
        return writer.bytes
    }

    /// Reads one that anybody may have sent, and says everything that is wrong with it.
    package init(_ json: JSON) throws(ValidationFailed) {
        var reader = ObjectReader(json)
        let name = reader.string("worker", lengthMin: 1, lengthMax: Acknowledgement.workerLengthMax)
        let beats = reader.array("heartbeats", countMax: Self.heartbeatsMax) ?? []
        let records = reader.array("moderation", countMax: Self.moderationMax) ?? []
        let changes = reader.array("breakers", countMax: Self.breakersMax) ?? []
        let worker = reader.require("worker", name)
        var heartbeats: [Heartbeat] = [], moderation: [ModerationRecord] = [], breakers: [BreakerChange] = []
        for (index, entry) in beats.enumerated() {
            reader.collect { () throws(ValidationFailed) in
                heartbeats.append(try Heartbeat(entry, path: "heartbeats.\(index)"))
            }
        }
        for (index, entry) in records.enumerated() {
            reader.collect { () throws(ValidationFailed) in
                moderation.append(try ModerationRecord(entry, path: "moderation.\(index)"))
            }
        }
        for (index, entry) in changes.enumerated() {
            reader.collect { () throws(ValidationFailed) in
                breakers.append(try BreakerChange(entry, path: "breakers.\(index)"))
            }
        }
        try reader.finish()
        guard let worker else { throw ValidationFailed(reader.failures) }
        self.init(worker: worker, heartbeats: heartbeats, moderation: moderation, breakers: breakers)
    }
}

extension Report {
    /// The same in documents of which each is small enough to be taken; none when there is nothing to say.
    package var parts: [Report] {
        var parts: [Report] = [], part = Report(worker: worker), sizeBytes = part.bytes.count
        func close() {
            if !part.isEmpty { parts.append(part) }
            (part, sizeBytes) = (Report(worker: worker), Report(worker: worker).bytes.count)
        }
        for heartbeat in heartbeats {
            let more = Self.size(heartbeat.encode)
            if part.heartbeats.count == Self.heartbeatsMax || sizeBytes + more > Self.sizeBytesMax { close() }
            part.heartbeats.append(heartbeat)
            sizeBytes += more
        }
        for record in moderation {
            let more = Self.size(record.encode)
            if part.moderation.count == Self.moderationMax || sizeBytes + more > Self.sizeBytesMax { close() }
            part.moderation.append(record)
            sizeBytes += more
        }
        for change in breakers {
            let more = Self.size(change.encode)
            if part.breakers.count == Self.breakersMax || sizeBytes + more > Self.sizeBytesMax { close() }
            part.breakers.append(change)
            sizeBytes += more
        }
        close()
        return parts
    }

    /// With the comma that may stand before it.
    private static func size(_ encode: (inout JSONWriter) -> Void) -> Int {
        var writer = JSONWriter(capacityBytes: 1024)
        encode(&writer)
        return writer.bytes.count + 1
    }
}

extension ObjectReader {
    /// Goes on where something inside is wrong, and keeps what it was.
    package mutating func collect(_ read: () throws(ValidationFailed) -> Void) {
        do throws(ValidationFailed) { try read() } catch { add(error.failures) }
    }
}
