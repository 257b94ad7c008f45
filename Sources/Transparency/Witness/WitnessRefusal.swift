/// Why a witness does not sign.
package enum WitnessRefusal: Error, Equatable, CustomStringConvertible {
    case unknownLog(origin: String)
    case notSigned(NoteError)
    case oldAboveNew(old: Int, size: Int)
    /// The sender thinks of another size than the witness, and may try again from there.
    case otherSize(signed: Int, old: Int)
    /// As many events as were signed before, and another root.
    case otherRoot(size: Int)
    case inconsistent(from: Int, to: Int)
    /// Less than was signed before.
    case shrunk(signed: Int, size: Int)

    package var description: String {
        switch self {
        case .unknownLog(let origin):
            "the log \(origin) is not known here: give its key with --log-key, "
                + "as botcontrol audit checkpoint --public-key prints it"
        case .notSigned(let error): error.description
        case .oldAboveNew(let old, let size): "the proof goes from \(old) events to \(size): a log does not shrink"
        case .otherSize(let signed, let old): "\(signed) events were signed last, not \(old)"
        case .otherRoot(let size):
            "\(size) events were signed before, and these are others: the history was rewritten"
        case .inconsistent(let from, let to):
            "the first \(from) of these \(to) events are not those that were signed before: the history was rewritten"
        case .shrunk(let signed, let size):
            "\(signed) events were signed before, and here are only \(size): the newest were taken away, "
                + "or an old copy is served as current"
        }
    }

    /// As C2SP tlog-witness has it.
    package var status: Int {
        switch self {
        case .unknownLog: 404
        case .notSigned: 403
        case .oldAboveNew: 400
        case .otherSize, .otherRoot, .shrunk: 409
        case .inconsistent: 422
        }
    }
}
