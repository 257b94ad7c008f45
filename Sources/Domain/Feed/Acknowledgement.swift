/// What a worker says of itself after each batch of changes, and every other second: how far it has come.
package struct Acknowledgement: Equatable, Sendable {
    /// The worker's name; one worker has it at a time.
    package var worker: String
    package var transport: Transport
    /// Of the feed that it follows.
    package var epoch: String
    /// The last change that it has applied, and the last that it has heard of.
    package var applied: ChangeID, seen: ChangeID
    /// Of the documents that it holds, at `applied`.
    package var digest: DocumentDigest
    /// Documents that it refused and holds at their last good value.
    package var nacks: [Nack]
    /// How many accounts it serves.
    package var accounts: Int
    /// Of the program.
    package var version: String
    /// By the worker's clock.
    package var at: Timestamp
    /// True in the last word of one that stops: it is not missed afterwards.
    package var isGoodbye: Bool

    package enum Transport: String, CaseIterable, Sendable { case redis, http, local }

    package struct Nack: Equatable, Sendable {
        package let id: ChangeID, kind: DocumentKind, key: String, reason: String

        package init(id: ChangeID, kind: DocumentKind, key: String, reason: String) {
            (self.id, self.kind, self.key, self.reason) = (id, kind, key, reason)
        }
    }

    package static let workerLengthMax = 64
    /// How long Redis keeps a word for a server that was away: that of a lost worker, and a goodbye.
    package static let keptSeconds = 3600, goodbyeKeptSeconds = 60
    /// So many nacks travel; the rest are counted in none.
    package static let nacksMax = 100

    package init(
        worker: String, transport: Transport, epoch: String, applied: ChangeID, seen: ChangeID, digest: DocumentDigest,
        nacks: [Nack] = [], accounts: Int, version: String, at: Timestamp, isGoodbye: Bool = false
    ) {
        (self.worker, self.transport, self.epoch) = (worker, transport, epoch)
        (self.applied, self.seen, self.digest, self.nacks) = (applied, seen, digest, nacks)
        (self.accounts, self.version, self.at, self.isGoodbye) = (accounts, version, at, isGoodbye)
    }
}

extension Acknowledgement {
    /// `{worker, transport, epoch, applied, seen, digest, nacks: [{id, kind, key, reason}], accounts, version, at,
    /// goodbye}`
    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("worker", worker)
            object.member("transport", transport.rawValue)
            object.member("epoch", epoch)
            object.member("applied", applied.description)
            object.member("seen", seen.description)
            object.member("digest", digest.description)
            object.name("nacks")
            object.array { array in
                for nack in nacks.prefix(Self.nacksMax) { nack.encode(into: &array) }
            }
            object.member("accounts", accounts)
            object.member("version", version)
            object.member("at", at.description)
            object.member("goodbye", isGoodbye)
        }
    }
}

extension Acknowledgement.Nack {
    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("id", id.description)
            object.member("kind", kind.rawValue)
            object.member("key", key)
            object.member("reason", reason)
        }
    }
}

extension Acknowledgement {
    package var secondsKept: Int { isGoodbye ? Self.goodbyeKeptSeconds : Self.keptSeconds }

    package var bytes: [UInt8] {
        var writer = JSONWriter(capacityBytes: 512)
        encode(into: &writer)
        return writer.bytes
    }

    /// Reads one that anybody may have sent, and says everything that is wrong with it.
    package init(_ json: JSON) throws(ValidationFailed) {
        var reader = ObjectReader(json)
        let name = reader.string("worker", lengthMin: 1, lengthMax: Self.workerLengthMax)
        let transport = reader.choice("transport", of: Transport.self)
        let epoch = reader.string("epoch", lengthMin: 1, lengthMax: 128)
        let applied = reader.text("applied") { ChangeID($0) }, seen = reader.text("seen") { ChangeID($0) }
        let digest = reader.text("digest") { DocumentDigest($0) }
        let accounts = reader.integer("accounts", in: 0...Int(Int32.max))
        let version = reader.string("version", lengthMax: 64)
        let at = reader.text("at") { Timestamp($0) }
        let goodbye = reader.bool("goodbye") ?? false
        let entries = reader.array("nacks", countMax: Self.nacksMax) ?? []
        var nacks: [Nack] = []
        for (index, entry) in entries.enumerated() {
            var nack = ObjectReader(entry, path: "nacks.\(index)")
            if let read = Nack(&nack) { nacks.append(read) }
            nack.refuseUnknown()
            reader.add(nack.failures)
        }
        let wanted = (
            reader.require("worker", name), reader.require("transport", transport), reader.require("epoch", epoch),
            reader.require("applied", applied), reader.require("digest", digest), reader.require("at", at)
        )
        try reader.finish()
        guard case (let name?, let transport?, let epoch?, let applied?, let digest?, let at?) = wanted else {
            throw ValidationFailed(reader.failures)
        }
        self.init(
            worker: name, transport: transport, epoch: epoch, applied: applied, seen: max(seen ?? applied, applied),
            digest: digest, nacks: nacks, accounts: accounts ?? 0, version: version ?? "", at: at, isGoodbye: goodbye)
    }
}

extension Acknowledgement.Nack {
    fileprivate init?(_ reader: inout ObjectReader) {
        let id = reader.text("id") { ChangeID($0) }
        let kind = reader.text("kind") { DocumentKind(rawValue: $0) }
        let key = reader.string("key", lengthMax: 256), reason = reader.string("reason", lengthMax: 1_000)
        let wanted = (reader.require("id", id), reader.require("kind", kind), reader.require("key", key))
        guard case (let id?, let kind?, let key?) = wanted else { return nil }
        self.init(id: id, kind: kind, key: key, reason: reason ?? "")
    }
}

extension ObjectReader {
    /// A value that is written as text.
    fileprivate mutating func text<Value>(_ name: String, _ read: (String) -> Value?) -> Value? {
        guard let text = string(name, lengthMax: 128) else { return nil }
        guard let value = read(text) else {
            fail(name, "not_allowed", "cannot be read as what it is to be")
            return nil
        }
        return value
    }
}
