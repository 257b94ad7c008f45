import Domain

extension ActiveSet {
    /// Longer ones tell a person no more, and must not make an acknowledgement too large.
    static let reasonLengthMax = 300, keyLengthMax = 256

    /// What was refused and not yet put right, oldest first.
    package var nacks: [Acknowledgement.Nack] {
        refusals.sorted { ($0.value.id, $0.key.key) < ($1.value.id, $1.key.key) }.map { name, refusal in
            Acknowledgement.Nack(
                id: refusal.id, kind: name.kind, key: name.key.cut(to: Self.keyLengthMax),
                reason: refusal.reason.cut(to: Self.reasonLengthMax))
        }
    }
}

extension String {
    fileprivate func cut(to lengthMax: Int) -> String {
        guard unicodeScalars.count > lengthMax else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.prefix(lengthMax)))
    }
}
