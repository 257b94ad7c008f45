/// Turns the payloads of older schema versions into today's, one version at a time.
///
/// Every type is at `currentVersion`; a type that changes gets a step here, and the others follow unchanged.
package enum Upcasters {
    package static let currentVersion = 1
    /// The same as `currentVersion`, with what stands in `personal` sealed for its subject.
    package static let sealedVersion = 2

    /// Version 0 is the layout of the event log that this journal replaced: reasons and names stood beside the facts,
    /// and moments were whole seconds since 1970.
    private static let steps: [@Sendable (_ type: String, _ data: JSON) -> JSON] = [fromVersion0]

    static func upcast(type: String, from version: Int, data: UnsafeBufferPointer<UInt8>) throws -> [UInt8] {
        guard (0..<currentVersion).contains(version) else {
            throw StoredObject.Unreadable(
                "\(type) has schema version \(version); this program knows 0 to \(sealedVersion): update it")
        }
        var json = try JSONParser.parse(data)
        for step in steps[version...] { json = step(type, json) }
        return json.bytes
    }

    private static let personalNames: Set<String> = ["reason", "name", "channel_name", "username"]

    private static func fromVersion0(type: String, data: JSON) -> JSON {
        guard let members = data.members else { return data }
        var facts: [JSON.Member] = []
        var personal: [JSON.Member] = []
        for member in members {
            switch member.name {
            case _ where personalNames.contains(member.name): personal.append(member)
            case "until": facts.append(JSON.Member("until", moment(member.value)))
            default: facts.append(member)
            }
        }
        return .object(personal.isEmpty ? facts : facts + [JSON.Member("personal", .object(personal))])
    }

    /// A number that no moment has stays as it is, and the reader refuses it.
    private static func moment(_ value: JSON) -> JSON {
        guard let (microseconds, overflow) = value.integer?.multipliedReportingOverflow(by: 1_000_000), !overflow,
            (Timestamp.earliest.microseconds...Timestamp.latest.microseconds).contains(microseconds)
        else { return value }
        return .string(Timestamp(microseconds: microseconds).description)
    }
}
