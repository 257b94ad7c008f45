import Domain

extension DeclaredTrigger {
    /// - Parameter json: an array, from a child.
    static func decode(_ json: [UInt8]) throws -> [DeclaredTrigger] {
        // Strictly first: what is read from is written again, so that it is as our own.
        guard let entries = try JSONParser.parse(json).array else { throw StoredObject.Unreadable("no array") }
        return try entries.map { entry in
            try entry.bytes.withUnsafeBufferPointer { bytes in
                DeclaredTrigger(try ExtensionTrigger(decoding: StoredObject(bytes)))
            }
        }
    }
}
