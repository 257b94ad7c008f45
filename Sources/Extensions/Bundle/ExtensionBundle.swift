import Domain

/// The files of one version of an extension, its manifest among them. It travels as one JSON document, and its digest
/// is that of the document's bytes: equal files have equal bytes.
package struct ExtensionBundle: Equatable, Sendable {
    package static let manifestPath = "lumio.config.json"
    package static let sizeBytesMax = 256 * 1024

    /// By path: `lumio.config.json`, `main.js`, `lib/points.js`.
    package let files: [String: String]

    package init(files: [String: String]) {
        self.files = files
    }

    /// `{"files": {path: text}}`, the paths in the order of their bytes.
    package var bytes: [UInt8] {
        var writer = JSONWriter(capacityBytes: files.values.reduce(1024) { $0 + $1.utf8.count })
        writer.object { object in
            object.name("files")
            object.object { object in
                let ordered = files.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
                for (path, text) in ordered {
                    object.name(path)
                    object.string(text)
                }
            }
        }
        return writer.bytes
    }
}
