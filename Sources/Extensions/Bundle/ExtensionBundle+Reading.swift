import Domain

extension ExtensionBundle {
    package static let filesMax = 100

    /// Reads one that anybody may have sent: `{"files": {path: text}}`.
    ///
    /// - Parameter path: where it stands, as in `bundle`.
    package init(_ json: JSON, path: String = "bundle") throws(ValidationFailed) {
        var reader = ObjectReader(json, path: path)
        let given = reader.object("files")
        let members = reader.require("files", given)?.members ?? []
        var files: [String: String] = [:]
        if members.count > Self.filesMax {
            reader.fail("files", "too_many", "has \(members.count) files; at most \(Self.filesMax) are taken")
        }
        for member in members.prefix(Self.filesMax) {
            let place = "files.\(member.name.prefix(BundlePath.lengthMax))"
            if let objection = Self.objection(to: member) {
                reader.fail(place, objection.code, objection.message)
            } else if files.updateValue(member.value.string ?? "", forKey: member.name) != nil {
                reader.fail(place, "duplicate", "is there twice: leave one out")
            }
        }
        if given != nil, !members.contains(where: { $0.name == Self.manifestPath }) {
            reader.fail("files.\(Self.manifestPath)", "required", "is missing: it says what the extension is")
        }
        try reader.finish()
        self.init(files: files)
        let size = bytes.count
        guard size <= Self.sizeBytesMax else {
            throw ValidationFailed(
                path: path, code: "too_large",
                message: "has \(size) bytes; at most \(Self.sizeBytesMax) are taken: leave out what is not needed")
        }
    }

    private static func objection(to member: JSON.Member) -> (code: String, message: String)? {
        if let objection = BundlePath.objection(to: member.name) { return ("not_allowed", objection) }
        guard member.name == manifestPath || BundlePath.isModule(member.name) else {
            return ("not_allowed", "is no JavaScript module (.js, .mjs): leave it out of the bundle")
        }
        guard member.value.string != nil else {
            return ("wrong_type", "must be the file's text, not \(member.value.kindName)")
        }
        return nil
    }

    /// Reads bytes that are kept under a digest; whether they are those is for who knows the digest to check.
    package init(stored bytes: [UInt8]) throws {
        try self.init(try JSONParser.parse(bytes))
    }

    /// ES modules by path.
    package var modules: [String: String] { files.filter { $0.key != Self.manifestPath } }

    /// What the manifest says, all failures at `<path>.…`.
    package func manifest(path: String = "manifest") throws(ValidationFailed) -> Manifest {
        let json: JSON
        do {
            json = try JSONParser.parse(Array((files[Self.manifestPath] ?? "").utf8))
        } catch {
            throw ValidationFailed(path: path, code: "invalid_json", message: "is not JSON: \(error)")
        }
        let manifest = try Manifest(json, path: path)
        guard files[manifest.main] != nil else {
            throw ValidationFailed(
                path: "\(path).main", code: "not_found",
                message: "is not in the bundle: it holds \(modules.keys.sorted().prefix(10).joined(separator: ", "))")
        }
        return manifest
    }
}
