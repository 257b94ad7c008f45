import Crypto
import Domain
import Foundation

/// A sealed `personal` member: `{"subject": "account:acct_1", "key": "…", "sealed": "…"}`.
///
/// `sealed` is nonce, ciphertext and tag in base64; subject and key are authenticated with it, so that no text can be
/// passed off as somebody else's.
struct SealedPersonal {
    let subject: String, keyID: String
    private let box: Data

    init(_ key: PersonalKey, _ subject: Subject, sealing json: ArraySlice<UInt8>) {
        (self.subject, keyID) = (subject.description, key.id)
        let context = Self.context(self.subject, keyID)
        // It fails only for texts of many gigabytes.
        box = (try? ChaChaPoly.seal(json, using: key.secret, authenticating: context).combined) ?? Data()
    }

    /// - Parameter json: nil comes of what is not sealed.
    init?(_ json: UnsafeBufferPointer<UInt8>) {
        guard let members = try? StoredObject(json), let raw = members.raw("sealed"), raw.count >= 2,
            let subject = try? members.string("subject"), let keyID = try? members.string("key"),
            let box = Data(base64Encoded: Data(raw.dropFirst().dropLast()))
        else { return nil }
        (self.subject, self.keyID, self.box) = (subject, keyID, box)
    }

    var bytes: [UInt8] {
        var writer = JSONWriter(capacityBytes: 192)
        writer.object { object in
            object.member("subject", subject)
            object.member("key", keyID)
            object.member("sealed", box.base64EncodedString())
        }
        return writer.bytes
    }

    /// The text as it was; nil when it was tampered with.
    func opened(with secret: SymmetricKey) -> [UInt8]? {
        guard let sealed = try? ChaChaPoly.SealedBox(combined: box),
            let text = try? ChaChaPoly.open(sealed, using: secret, authenticating: Self.context(subject, keyID))
        else { return nil }
        return Array(text)
    }

    func unreadable(_ reason: PersonalText.Unreadable) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { object in
            object.member("subject", subject)
            object.member("unreadable", reason.rawValue)
        }
        return writer.bytes
    }

    private static func context(_ subject: String, _ keyID: String) -> Data { Data("\(subject)\n\(keyID)".utf8) }

    /// Where the value of the `personal` member stands in an object; nil when there is none.
    static func range(_ json: UnsafeBufferPointer<UInt8>) throws -> Range<Int>? {
        guard let raw = try StoredObject(json).raw(Personal.member), let start = json.baseAddress,
            let value = raw.baseAddress
        else { return nil }
        let offset = value - start
        return offset..<(offset + raw.count)
    }
}
