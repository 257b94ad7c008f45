import Domain

/// What an author says of a version of an extension: `lumio.config.json`, found to be right.
package struct Manifest: Equatable, Sendable {
    package static let sizeBytesMax = 64 * 1024
    /// The only one that runs here.
    package static let category = "bot_module"

    package let id: ExtensionID
    package let name: String, summary: String
    package let version: SemanticVersion
    /// The path of the module that is evaluated first.
    package let main: String
    package let permissions: [ExtensionPermission]
    package let egress: Egress
    package let visibility: Extension.Visibility
    package let triggers: [ManifestTrigger]
    package let schema: ConfigSchema
    /// Whose lines reach no trigger of the kind `moderate`, unless the account says otherwise.
    package let exemptRoles: ExemptRoleSet
    /// As it was given.
    package let text: JSONText

    /// Throws everything that is wrong with it.
    ///
    /// - Parameter path: where it stands, as in `manifest`.
    package init(_ json: JSON, path: String = "") throws(ValidationFailed) {
        var reader = ManifestReader(json, path: path)
        let (id, name, version, main) = (reader.id(), reader.name(), reader.version(), reader.main())
        let description = reader.object.string("description", lengthMax: Extension.descriptionLengthMax)
        let (permissions, visibility) = (reader.permissions(), reader.visibility())
        let egress = reader.egress(permissions)
        let (triggers, schema, exemptRoles) = (reader.triggers(), reader.schema(), reader.exemptRoles())
        reader.checkCategory()
        reader.passOver()
        text = JSONText(json)
        if text.bytes.count > Self.sizeBytesMax {
            reader.object.fail("", "too_long", "has \(text.bytes.count) bytes; at most \(Self.sizeBytesMax) are taken")
        }
        try reader.object.finish()
        guard let id, let name, let version, let main else { throw ValidationFailed(reader.object.failures) }
        (self.id, self.name, self.version, self.main) = (id, name, version, main)
        (summary, self.permissions, self.visibility) = (description ?? "", permissions, visibility)
        (self.egress, self.triggers, self.schema, self.exemptRoles) = (egress, triggers, schema, exemptRoles)
    }

    /// Reads one that was found to be right when it came in.
    package init(stored text: JSONText) throws {
        try self.init(try JSONParser.parse(text.bytes))
    }

    package var level: Extension.ReviewLevel { Extension.ReviewLevel(permissions) }
}
