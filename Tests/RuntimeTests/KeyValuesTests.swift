import Domain
import Foundation
import Testing

@testable import Runtime

@Suite("What extensions keep")
struct KeyValuesTests {
    private static let one = InstallID(stored: "0b8e6c1e-0000-8000-8000-000000000001")
    private static let two = InstallID(stored: "0b8e6c1e-0000-8000-8000-000000000002")

    private func with(_ body: (RuntimeStore, String) throws -> Void) throws {
        let directory = NSTemporaryDirectory() + "/kv-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let store = try RuntimeStore.open(directory: directory)
        defer { store.close() }
        try body(store, directory)
    }

    private func ask(
        _ store: RuntimeStore, _ name: KeyValueOperation.Name, _ arguments: JSON..., of install: InstallID = one
    ) throws -> String {
        let operation = try KeyValueOperation(name, arguments)
        return String(decoding: try store.perform(operation, for: install), as: UTF8.self)
    }

    @Test func `comes back, in one install alone`() throws {
        try with { (store: RuntimeStore, _: String) throws -> Void in
            #expect(try ask(store, .get, "a") == "null")
            #expect(try ask(store, .set, "a", ["x": ["ä", 1]]) == "null")
            #expect(try ask(store, .get, "a") == #"{"x":["ä",1]}"#)
            #expect(try ask(store, .get, "a", of: Self.two) == "null")
            #expect(try ask(store, .delete, "a") == "true")
            #expect(try ask(store, .delete, "a") == "false")
        }
    }

    @Test func `is counted exactly`() throws {
        try with { (store: RuntimeStore, _: String) throws -> Void in
            #expect(try ask(store, .increment, "n") == "1")
            #expect(try ask(store, .increment, "n", 41) == "42")
            #expect(try ask(store, .increment, "n", .number("0.5")) == "42.5")
            #expect(try ask(store, .increment, "n", -50) == "-7.5")
            _ = try ask(store, .set, "t", "text")
            #expect(throws: KeyValueRefusal.noNumber) { try ask(store, .increment, "t") }
            _ = try ask(store, .set, "big", .number("9007199254740991"))
            #expect(throws: KeyValueRefusal.tooGreat) { try ask(store, .increment, "big") }
        }
    }

    @Test func `is listed by the bytes of its keys, whatever they hold`() throws {
        try with { (store: RuntimeStore, _: String) throws -> Void in
            for key in ["b", "a:2", "a:1", "a%", "a\u{0}x", "ä", "a_"] { _ = try ask(store, .set, .string(key), 1) }
            let all = try JSONParser.parse(try ask(store, .list)).array?.compactMap { $0["key"]?.string }
            #expect(all == ["a\u{0}x", "a%", "a:1", "a:2", "a_", "b", "ä"])
            #expect(try ask(store, .list, "a:") == #"[{"key":"a:1","value":1},{"key":"a:2","value":1}]"#)
            #expect(try ask(store, .list, "%") == "[]")
        }
    }

    @Test func `has 1 MB an install, and what is taken away makes room`() throws {
        try with { (store: RuntimeStore, _: String) throws -> Void in
            let value = JSON.string(String(repeating: "v", count: 60_000))
            var kept = 0
            while (try? ask(store, .set, .string("k\(kept)"), value)) != nil { kept += 1 }
            #expect(kept == KeyValueLimits.sizeBytesMax / 60_010)
            #expect(throws: KeyValueRefusal.full) { try ask(store, .set, "more", value) }
            #expect(try ask(store, .set, "small", 1) == "null")
            #expect(try ask(store, .set, "k0", value) == "null", "the same size again")
            _ = try ask(store, .delete, "k0")
            #expect(try ask(store, .set, "more", value) == "null")
            #expect(try ask(store, .set, "k", value, of: Self.two) == "null")
        }
    }

    @Test func `is counted the same by who opens the file anew`() throws {
        try with { (store: RuntimeStore, directory: String) throws -> Void in
            let value = JSON.string(String(repeating: "v", count: 60_000))
            for number in 0..<17 { _ = try ask(store, .set, .string("k\(number)"), value) }
            let again = try RuntimeStore.open(directory: directory)
            defer { again.close() }
            #expect(throws: KeyValueRefusal.full) { try ask(again, .set, "more", value) }
            #expect(try ask(again, .delete, "k3") == "true")
            #expect(try ask(again, .set, "more", value) == "null")
        }
    }

    @Test func `goes with its install`() throws {
        try with { (store: RuntimeStore, _: String) throws -> Void in
            _ = try ask(store, .set, "a", 1)
            _ = try ask(store, .set, "a", 2, of: Self.two)
            #expect(try Set(store.keyValueOwners()) == [Self.one, Self.two])
            try store.removeKeyValues(of: Self.one)
            #expect(try ask(store, .get, "a") == "null" && ask(store, .get, "a", of: Self.two) == "2")
            #expect(try store.keyValueOwners() == [Self.two])
        }
    }
}

@Suite("The bundles on disk")
struct BundleFilesTests {
    private func with(_ body: (BundleFiles, String) throws -> Void) throws {
        let directory = NSTemporaryDirectory() + "/bundles-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try body(BundleFiles(directory: directory), directory)
    }

    @Test func `are called by their digest, and kept once`() throws {
        try with { (files: BundleFiles, directory: String) throws -> Void in
            let bytes = Array("abc".utf8), digest = try files.put(bytes)
            #expect(digest.rawValue == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
            #expect(try files.put(bytes) == digest && files.get(digest) == bytes && files.digests == [digest])
            #expect(try files.get(BundleFiles.digest(of: [])) == nil)
            #expect(try FileManager.default.contentsOfDirectory(atPath: directory + "/bundles").count == 1)
        }
    }

    @Test func `are refused when they were changed, and mended by the same bytes`() throws {
        try with { (files: BundleFiles, directory: String) throws -> Void in
            let bytes = Array("abc".utf8), digest = try files.put(bytes), path = "\(directory)/bundles/\(digest)"
            try Data("abd".utf8).write(to: URL(filePath: path))
            #expect(throws: BundleFileError.damaged(path: path)) { try files.get(digest) }
            #expect(try files.put(bytes) == digest && files.get(digest) == bytes)
        }
    }

    @Test func `are copied whole, and damaged ones are named`() throws {
        try with { (files: BundleFiles, directory: String) throws -> Void in
            let good = try files.put([1]), bad = try files.put([2])
            try Data([3]).write(to: URL(filePath: "\(directory)/bundles/\(bad)"))
            let other = BundleFiles(directory: directory + "/other")
            let (copied, damaged) = try other.take(all: files)
            #expect(copied == 1 && damaged == [bad] && other.digests == [good])
        }
    }
}
