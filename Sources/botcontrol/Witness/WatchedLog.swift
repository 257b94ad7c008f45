import EventStore
import Foundation
import Transparency

/// A log that a witness goes and looks at: in a directory of this host, or at an address.
struct WatchedLog: Sendable {
    private enum Place: Sendable {
        case directory(String)
        case server(URL)
    }

    let name: String
    private let place: Place
    private let client: WebClient

    /// - Throws: `CommandFailure` when it is neither.
    init(_ text: String, client: WebClient) throws {
        (name, self.client) = (text, client)
        if text.hasPrefix("http://") || text.hasPrefix("https://") {
            guard let url = URL(string: text), url.host != nil else {
                throw CommandFailure.usage("--log \(text) is not an address: write for example http://127.0.0.1:8080")
            }
            place = .server(url)
        } else {
            place = .directory(text)
        }
    }

    /// The public key that lies beside the log; nil for an address: who is asked could say anything.
    var keyNearby: NoteKey? {
        guard case .directory(let path) = place,
            let text = try? String(contentsOfFile: path + "/" + LogKeyFile.publicName, encoding: .utf8)
        else { return nil }
        return try? NoteKey(text.trimmingCharacters(in: .newlines))
    }

    /// - Throws: `CannotLook`, `NoteError`.
    func checkpoint() async throws -> SignedCheckpoint {
        switch place {
        case .directory(let path):
            let file = "\(path)/\(MerkleLog.folderName)/\(MerkleLog.checkpointName)"
            guard let bytes = FileManager.default.contents(atPath: file) else {
                throw CannotLook(description: "\(file) is not there: start botcontrol serve on that directory once")
            }
            return try SignedCheckpoint(Array(bytes))
        case .server(let url): return try SignedCheckpoint(try await fetch(url.appending(path: "checkpoint")))
        }
    }

    /// What it takes to show that the log has only grown.
    func tiles(from old: Int, to checkpoint: Checkpoint) async throws -> any SubtreeSource {
        switch place {
        case .directory(let path): return try TileFiles(folder: path + "/" + MerkleLog.folderName, isReadOnly: true)
        case .server(let url):
            var fetched = FetchedTiles()
            for address in TileDemand(from: old, to: checkpoint.size).addresses {
                let bytes = try await tile(address, at: url)
                guard fetched.add(bytes, as: address) else {
                    throw CannotLook(description: "\(name) has a tile of the wrong size at \(address.path)")
                }
            }
            return fetched
        }
    }

    private func tile(_ address: TileAddress, at url: URL) async throws -> [UInt8] {
        do { return try await fetch(url.appending(path: address.path)) } catch {
            guard address.width < TileAddress.nodesMax else { throw error }
            // A log may drop a partial tile once it is full.
            let full = TileAddress(level: address.level, index: address.index)
            return Array(try await fetch(url.appending(path: full.path)).prefix(address.width * 32))
        }
    }

    private func fetch(_ url: URL) async throws -> [UInt8] {
        let answer = try await client.get(url)
        guard answer.status == 200 else {
            throw CannotLook(description: "\(url.absoluteString) answers \(answer.status): \(answer.text.prefix(300))")
        }
        return answer.body
    }
}

/// A log cannot be looked at now; that says nothing of what it holds.
struct CannotLook: Error, CustomStringConvertible {
    let description: String
}
