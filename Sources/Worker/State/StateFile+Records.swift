import Domain

/// The records of the file: format, head, then kind, key, value and last good value of each document. The last is empty
/// unless the value was refused.
extension StateFile {
    func write(_ set: ActiveSet, at: Timestamp, to path: String) throws {
        var file = try RecordFile(path, "we")
        try file.write(Self.format.utf8)
        try file.write(FeedHead(epoch: set.epoch, last: set.cursor, digest: set.digest, at: at).bytes)
        for (name, value) in set.documents {
            try file.write(name.kind.rawValue.utf8)
            try file.write(name.key.utf8)
            try file.write(value)
            try file.write(set.refusals[name]?.lastGood ?? [])
        }
        try file.finishWriting()
    }

    func read() throws -> ActiveSet {
        var file = try RecordFile(path, "re")
        guard try file.read() == Array(Self.format.utf8) else {
            throw RecordFile.Damaged(description: "it is not a state file of this version")
        }
        guard let first = try file.read() else { throw RecordFile.Damaged(description: "it has no head") }
        let head = try first.withUnsafeBufferPointer { try FeedHead($0) }
        var set = ActiveSet(), entries: [FeedEntry] = [], lastGood: [DocumentKey: [UInt8]] = [:]
        while let name = try Self.name(&file), let value = try file.read(), let good = try file.read() {
            if !good.isEmpty { lastGood[name] = good }
            entries.append(FeedEntry(kind: name.kind, key: name.key, value: value))
            guard entries.count == ActiveSet.batch else { continue }
            set.putAll(entries, by: head.last) { lastGood[$0] }
            entries = []
        }
        set.putAll(entries, by: head.last) { lastGood[$0] }
        return try set.completed(at: head)
    }

    private static func name(_ file: inout RecordFile) throws -> DocumentKey? {
        guard let kind = try file.read(), let key = try file.read() else { return nil }
        guard let kind = DocumentKind(rawValue: String(decoding: kind, as: UTF8.self)),
            let text = String(validating: key, as: UTF8.self)
        else { throw RecordFile.Damaged(description: "it holds a kind or a key that cannot be one") }
        return DocumentKey(kind, text)
    }
}
