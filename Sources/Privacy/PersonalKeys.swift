import Crypto
import Domain
import Foundation
import Synchronization

/// A subject's key, and the name under which events refer to it.
package struct PersonalKey: Sendable {
    let id: String
    let secret: SymmetricKey
}

/// The keys of all subjects, in a file outside of the journal. Without them nobody can read what events say of persons.
///
/// A key is on the disk before anything is sealed with it. Callers who need new keys at the same time share one
/// transaction.
package final class PersonalKeys: Sendable {
    package static let fileName = "personal-keys.sqlite"
    /// Keys held in memory; beyond that they are read again.
    private static let cachedMax = 16_384

    /// What is known of a key.
    enum Lookup {
        case known(SymmetricKey), erased, unknown
    }

    private struct Cache {
        var bySubject: [Subject: PersonalKey] = [:]
        var byID: [String: SymmetricKey] = [:]
        /// Grows with every erasure, so that what was read before one is not kept after it.
        var erasures = 0
    }

    private typealias Waiting = (subject: Subject, continuation: CheckedContinuation<PersonalKey, any Error>)

    /// nil: there are none to read with.
    private let file: PersonalKeysFile?
    private let cache = Mutex(Cache())
    private let waiting = Mutex<[Waiting]>([])
    private let queue = DispatchQueue(label: "personal-keys")

    /// Opens the keys of a data directory, or begins with none. Hold the directory's lock before you call it.
    package init(directory: String) throws {
        file = try PersonalKeysFile(path: directory + "/" + Self.fileName)
    }

    /// Reads with the keys of a data directory that another process may be using; without any when there are none.
    package init(readingIn directory: String) throws {
        file = try PersonalKeysFile(readingAt: directory + "/" + Self.fileName)
    }

    private func writable() throws -> PersonalKeysFile {
        guard let file else { throw NoPersonalKeys() }
        return file
    }

    /// The subject's key, made when there is none.
    func key(for subject: Subject) async throws -> PersonalKey {
        if let key = cache.withLock({ $0.bySubject[subject] }) { return key }
        return try await withCheckedThrowingContinuation { continuation in
            let isFirst = waiting.withLock { waiting in
                waiting.append((subject, continuation))
                return waiting.count == 1
            }
            if isFirst { queue.async { self.serve() } }
        }
    }

    private func serve() {
        let callers = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        do {
            let erasures = cache.withLock { $0.erasures }
            let keys = try writable().keys(for: Set(callers.map(\.subject)))
            cache.withLock { cache in
                guard cache.erasures == erasures else { return }
                if cache.bySubject.count > Self.cachedMax { cache.bySubject = [:] }
                cache.bySubject.merge(keys) { $1 }
            }
            for caller in callers {
                guard let key = keys[caller.subject] else { preconditionFailure("a key was made for every subject") }
                caller.continuation.resume(returning: key)
            }
        } catch {
            for caller in callers { caller.continuation.resume(throwing: error) }
        }
    }

    func key(withID id: String) -> Lookup {
        let (cached, erasures) = cache.withLock { ($0.byID[id], $0.erasures) }
        if let cached { return .known(cached) }
        let found = (try? file?.key(withID: id)) ?? .unknown
        guard case .known(let secret) = found else { return found }
        cache.withLock { cache in
            guard cache.erasures == erasures else { return }
            if cache.byID.count > Self.cachedMax { cache.byID = [:] }
            cache.byID[id] = secret
        }
        return found
    }

    /// The ids of the subject's keys that were not erased.
    package func keyIDs(of subject: Subject) throws -> [String] { try writable().keyIDs(of: subject) }

    /// - Returns: how many keys there were to delete.
    package func erase(_ ids: [String]) throws -> Int {
        let erased = try writable().erase(ids)
        cache.withLock { $0 = Cache(erasures: $0.erasures + 1) }
        return erased
    }

    /// Whether read models may still hold what was erased: from the deletion of a key until they are made anew.
    package var mustRebuild: Bool { get throws { try writable().mustRebuild } }

    package func rebuilt() throws { try writable().rebuilt() }
}

extension PersonalKeys {
    /// Copies the keys of a data directory, while they are in use.
    ///
    /// - Returns: false when it has none.
    package static func copy(from directory: String, to target: String) throws -> Bool {
        try PersonalKeysFile.copy(directory + "/" + fileName, to: target)
    }

    /// Begins a data directory with the keys of a backup. What was erased since is erased again at the start.
    ///
    /// - Returns: false when the backup has none.
    package static func bring(_ backup: String, to directory: String) throws -> Bool {
        try PersonalKeysFile.copy(backup, to: directory + "/" + fileName)
    }
}

/// Somebody who only reads wanted to seal.
struct NoPersonalKeys: Error, CustomStringConvertible {
    let description = "there is no file of personal keys to write to: \(PersonalKeys.fileName) was opened for reading"
}
