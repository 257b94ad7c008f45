import Crypto
import Domain
import Foundation
import Testing
import TestTools

@testable import Privacy

@Suite("The keys of personal text")
struct PersonalKeysTests {
    private let directory: TemporaryDirectory
    private let ada = Subject(.user, "ada"), bob = Subject(.user, "bob")

    init() throws { directory = try TemporaryDirectory() }

    private func bytes(_ key: PersonalKey) -> Data { key.secret.withUnsafeBytes { Data($0) } }

    private func file() throws -> Data { try Data(contentsOf: URL(filePath: directory.file(PersonalKeys.fileName))) }

    @Test func `are one for each subject, and on the disk before they are used`() async throws {
        let keys = try PersonalKeys(directory: directory.path)
        let first = try await keys.key(for: ada)
        #expect(try file().range(of: bytes(first)) != nil)
        #expect(try await keys.key(for: ada).id == first.id)
        #expect(try await keys.key(for: bob).id != first.id)
        let again = try await PersonalKeys(directory: directory.path).key(for: ada)
        #expect(again.id == first.id && bytes(again) == bytes(first))
    }

    @Test func `are for their owner's eyes only`() throws {
        _ = try PersonalKeys(directory: directory.path)
        let attributes = try FileManager.default.attributesOfItem(atPath: directory.file(PersonalKeys.fileName))
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func `are made once when many ask at the same time`() async throws {
        let keys = try PersonalKeys(directory: directory.path)
        let ids = try await withThrowingTaskGroup(of: (Subject, String).self) { group in
            for number in 0..<2_000 {
                let subject = Subject(.account, "acct_\(number % 50)")
                group.addTask { (subject, try await keys.key(for: subject).id) }
            }
            return try await group.reduce(into: [Subject: Set<String>]()) { $0[$1.0, default: []].insert($1.1) }
        }
        #expect(ids.count == 50 && ids.values.allSatisfy { $0.count == 1 })
    }

    @Test func `that are deleted are nowhere in the directory, and another follows`() async throws {
        let keys = try PersonalKeys(directory: directory.path)
        let old = try await keys.key(for: ada), kept = try await keys.key(for: bob)
        #expect(try keys.keyIDs(of: ada) == [old.id])
        #expect(try keys.erase([old.id]) == 1)
        #expect(try keys.erase([old.id]) == 0)
        for name in try directory.contents() {
            let data = try Data(contentsOf: URL(filePath: directory.file(name)))
            #expect(data.range(of: bytes(old)) == nil, "\(name)")
        }
        #expect(try file().range(of: bytes(kept)) != nil)
        guard case .erased = keys.key(withID: old.id) else { throw Unexpected() }
        guard case .known = keys.key(withID: kept.id) else { throw Unexpected() }
        guard case .unknown = keys.key(withID: "nothing") else { throw Unexpected() }
        #expect(try await keys.key(for: ada).id != old.id)
        #expect(try keys.mustRebuild)
        try keys.rebuilt()
        #expect(try !keys.mustRebuild)
    }

    @Test func `travel with a backup only when they are asked for, and are never written over`() async throws {
        let keys = try PersonalKeys(directory: directory.path)
        let key = try await keys.key(for: ada)
        let copy = directory.file("copy.keys"), other = directory.path + "/other"
        #expect(try !PersonalKeys.copy(from: directory.path + "/nowhere", to: copy))
        #expect(try PersonalKeys.copy(from: directory.path, to: copy))
        #expect(throws: KeysExist.self) { try PersonalKeys.copy(from: directory.path, to: copy) }
        #expect(try PersonalKeys.bring(copy, to: other))
        #expect(try await PersonalKeys(directory: other).key(for: ada).id == key.id)
        let attributes = try FileManager.default.attributesOfItem(atPath: other + "/" + PersonalKeys.fileName)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(throws: KeysExist.self) { try PersonalKeys.bring(copy, to: other) }
    }

    private struct Unexpected: Error {}
}
