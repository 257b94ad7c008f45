import Domain
import Foundation
import Server
import Testing

@Suite("The signing key")
struct SigningKeyTests {
    let place = try! AccessWorld.Place()

    private var path: String { place.directory + "/" + SigningKey.fileName }

    private func write(_ text: String, mode: Int = 0o600) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    private func token(_ key: SigningKey) -> String {
        TokenMinter(key: key, clock: place.clock.wall).mint(TokenGrant(subject: "a"), lifetimeSeconds: 9).text
    }

    private func signature(_ key: SigningKey) throws -> String {
        // The token's id is random: sign the same input through the file's own bytes instead.
        let parts = token(key).dropFirst(3).split(separator: ".").map(String.init)
        let text = try String(contentsOfFile: path, encoding: .utf8).trimmingCharacters(in: .newlines)
        let expected = Forge.text(Forge.hmac(Array("\(parts[0]).\(parts[1])".utf8), Forge.bytes(text)))
        #expect(parts[2] == expected)
        return text
    }

    @Test func `is made on the first start, for its owner alone`() throws {
        let key = try SigningKey.open(directory: place.directory)
        let text = try signature(key)
        #expect(Forge.bytes(text).count == 32)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.directory) == [SigningKey.fileName])
    }

    @Test func `is the same after a restart`() throws {
        let first = try signature(try SigningKey.open(directory: place.directory))
        #expect(try signature(try SigningKey.open(directory: place.directory)) == first)
    }

    @Test func `is one, when many start at once`() async throws {
        let directory = place.directory
        let keys = try await withThrowingTaskGroup(of: SigningKey.self) { group in
            for _ in 0..<16 { group.addTask { try SigningKey.open(directory: directory) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for key in keys { _ = try signature(key) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == [SigningKey.fileName])
    }

    @Test(arguments: [0o640, 0o604, 0o644, 0o660, 0o666, 0o700, 0o610, 0o4600])
    func `is refused when others could have read it`(mode: Int) throws {
        try write(Forge.text(Array(repeating: 7, count: 32)), mode: mode)
        let octal = "0" + String(mode, radix: 8)
        #expect(throws: SigningKey.Unusable.tooOpen(path: path, mode: octal)) {
            try SigningKey.open(directory: place.directory)
        }
        #expect(SigningKey.Unusable.tooOpen(path: path, mode: octal).description.contains("chmod 600"))
    }

    static let malformed = [
        "", "\n", "secret", Forge.text(Array(repeating: 7, count: 31)), Forge.text(Array(repeating: 7, count: 33)),
        Forge.text(Array(repeating: 7, count: 32)) + "=", Forge.text(Array(repeating: 7, count: 32)) + "\n\n",
        " " + Forge.text(Array(repeating: 7, count: 32)), String(repeating: "A", count: 5000),
        Data(repeating: 0xFB, count: 32).base64EncodedString(),
    ]

    @Test(arguments: malformed)
    func `is refused when it is not 32 bytes in base64url`(text: String) throws {
        try write(text)
        #expect(throws: SigningKey.Unusable.malformed(path: path)) { try SigningKey.open(directory: place.directory) }
        #expect(try String(contentsOfFile: path, encoding: .utf8) == text, "never replaced")
    }

    @Test func `is refused when it is no file of its own`() throws {
        let elsewhere = place.directory + "/elsewhere"
        try Data(Forge.text(Array(repeating: 7, count: 32)).utf8).write(to: URL(filePath: elsewhere))
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: elsewhere)
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: elsewhere)
        #expect(throws: SigningKey.Unusable.self) { try SigningKey.open(directory: place.directory) }
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        #expect(throws: SigningKey.Unusable.self) { try SigningKey.open(directory: place.directory) }
        #expect(throws: SigningKey.Unusable.self) { try SigningKey.open(directory: place.directory + "/none") }
    }

    @Test func `does not show itself by accident`() throws {
        let key = try SigningKey.open(directory: place.directory)
        let text = try signature(key)
        let numbers = Forge.bytes(text).prefix(3).map(String.init).joined(separator: ", ")
        var dumped = ""
        dump(key, to: &dumped)
        for shown in ["\(key)", String(reflecting: key), dumped] {
            #expect(!shown.contains(text) && !shown.contains(numbers))
        }
    }
}
