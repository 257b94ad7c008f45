import Domain
import Foundation
import Runtime
import Testing

@Suite("Bundles on disk")
struct BundleFolderTests {
    let directory = try! TestDirectory()
    private let bytes = Array(#"{"files":{"main.js":"1"}}"#.utf8)

    private var files: BundleFiles { BundleFiles(directory: directory.path) }
    private func path(_ digest: BundleDigest) -> String { "\(directory.path)/bundles/\(digest)" }

    @Test func `are called by the SHA-256 of their bytes`() throws {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        #expect(BundleFiles.digest(of: []).rawValue == empty)
        let digest = try files.put(bytes)
        #expect(digest == BundleFiles.digest(of: bytes))
        #expect(try files.get(digest) == bytes)
        #expect(try files.get(BundleDigest(stored: empty)) == nil)
        #expect(files.digests == [digest])
    }

    @Test func `are written once, for their owner's eyes, and leave nothing beside them`() throws {
        let digest = try files.put(bytes)
        let attributes = try FileManager.default.attributesOfItem(atPath: path(digest))
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try files.put(bytes) == digest)
        let again = try FileManager.default.attributesOfItem(atPath: path(digest))
        #expect(again[.systemFileNumber] as? Int == attributes[.systemFileNumber] as? Int)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path + "/bundles") == [digest.rawValue])
    }

    @Test(arguments: ["", "x", #"{"files":{"main.js":"2"}}"#])
    func `are never given when their bytes are others, and can be put right`(damage: String) throws {
        let digest = try files.put(bytes)
        try Data(damage.utf8).write(to: URL(filePath: path(digest)))
        #expect(throws: BundleFileError.damaged(path: path(digest))) { try files.get(digest) }
        try files.put(bytes)
        #expect(try files.get(digest) == bytes)
    }

    @Test func `are copied to another place, but for damaged ones`() throws {
        let whole = try files.put(bytes), damaged = try files.put(bytes + [0x20])
        try Data("x".utf8).write(to: URL(filePath: path(damaged)))
        let other = try TestDirectory()
        let result = try BundleFiles(directory: other.path).take(all: files)
        #expect(result.copied == 1 && result.damaged == [damaged])
        #expect(try BundleFiles(directory: other.path).get(whole) == bytes)
    }

    @Test func `say what to do when they cannot be written`() throws {
        try Data().write(to: URL(filePath: directory.path + "/bundles"))
        let error = #expect(throws: BundleFileError.self) { try files.put(bytes) }
        #expect("\(error!)".contains("look at the disk"))
    }
}
