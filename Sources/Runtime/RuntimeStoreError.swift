/// Why the runtime store refuses; each says what to do.
package enum RuntimeStoreError: Error, Equatable, CustomStringConvertible {
    case fromNewerVersion(path: String, version: Int)
    case tooManyKeys(countMax: Int)
    case tooManyRevokedTokens(countMax: Int)
    case digestTaken
    case invalidTokenID
    case logUnreadable(reason: String)
    case tooManyWebhooks(Int)

    package var description: String {
        switch self {
        case .fromNewerVersion(let path, let version):
            "\(path) has layout \(version), which this program does not know: update the program"
        case .tooManyKeys(let countMax):
            "there are \(countMax) keys already: revoke those that nobody uses and wait until they are forgotten"
        case .tooManyRevokedTokens(let countMax):
            "\(countMax) tokens are revoked already: delete signing.key and restart, which ends every token at once"
        case .digestTaken: "this secret is in use already: create the key again"
        case .logUnreadable(let reason):
            "the log cannot be read (\(reason)): look at the disk; a restart sets a damaged file aside"
        case .tooManyWebhooks(let countMax): "there are \(countMax) webhooks already: delete those that nobody needs"
        case .invalidTokenID: "a token id has 1 to \(RevokedTokens.idBytesMax) bytes"
        }
    }
}
