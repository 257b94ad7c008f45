import EventStore
import Privacy

extension JournalReader {
    /// Reads a journal beside whoever writes it, with the keys of personal text that lie beside it.
    static func opening(_ directory: String) throws -> JournalReader {
        try JournalReader(directory: directory, sealing: PersonalSeal(PersonalKeys(readingIn: directory)))
    }
}

extension Journal {
    /// Opens a journal that nobody else has open, and its keys of personal text.
    static func sealing(_ directory: String) throws -> Journal {
        try Journal.open(
            directory: directory, options: Options(sealing: PersonalSeal(PersonalKeys(directory: directory))))
    }
}
