import ArgumentParser
import Domain
import EventStore
import Foundation
import Server

extension Audit {
    /// `botcontrol audit export`: events for other programs, as long as the journal is, in bounded memory.
    struct Export: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the events as NDJSON or CSV, or keep a file of them up to date.",
            discussion: """
                With --output the events are added to a file. Run it again, also after an interruption: it goes on \
                after the last whole line.
                """)
        @OptionGroup var directory: DataDirectory
        @OptionGroup var selection: Selection
        @Option(help: "ndjson or csv.") var format = "ndjson"
        @Option(help: "Only after this position.") var after: Int?
        @Option(help: "The file to add to.") var output: String?

        func validate() throws {
            guard after ?? 0 >= 0 else { throw ValidationError("--after must be a position") }
            guard after == nil || output == nil else {
                throw ValidationError("--output goes on after its last line: leave --after away")
            }
        }

        func run() throws {
            try directory.requireJournal()
            guard let format = ExportFormat(rawValue: format) else {
                throw CommandFailure.usage("--format must be ndjson or csv, not \(format)")
            }
            let journal = try runOrFail { try JournalReader.opening(directory.data) }
            let file = try output.map { try ExportFile(path: $0, format: format) }
            var filter = try selection.filter(journal)
            filter.first = max(filter.first, (file?.position ?? after ?? 0) + 1)
            // As of now: whoever writes meanwhile is found by the next one.
            filter.last = min(filter.last, journal.head)
            if let file {
                try runOrFail { try journal.forEachPage(filter) { try file.append(format.encode($0)) } }
                return try file.close()
            }
            StandardOutput.write(bytes: format.head)
            try runOrFail { try journal.forEachPage(filter) { StandardOutput.write(bytes: format.encode($0)) } }
        }
    }
}

/// A file of exported events, which grows: what was left half written is cut off and written again.
final class ExportFile {
    /// The longest line: an event's data and metadata, with every byte as an escape, and the rest.
    private static let tailBytesMax = 16 << 20

    /// Of the last whole line; 0 when there is none.
    let position: Int
    private let path: String
    private let handle: FileHandle

    /// - Throws: `CommandFailure` for a file that is none of ours.
    init(path: String, format: ExportFormat) throws {
        self.path = path
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw CommandFailure.cannotRun("\(path) cannot be written: \(String(cString: strerror(errno)))")
        }
        handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        do {
            let size = try handle.seekToEnd()
            let start = size - min(size, UInt64(Self.tailBytesMax))
            try handle.seek(toOffset: start)
            let tail = try handle.readToEnd().map { Array($0) } ?? []
            let end = (tail.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1
            position = try Self.position(tail[..<end], path, format, isWhole: start == 0)
            try handle.truncate(atOffset: start + UInt64(end))
            if start == 0, end == 0 { try handle.write(contentsOf: format.head) }
        } catch let failure as CommandFailure {
            throw failure
        } catch {
            throw CommandFailure.cannotRun("\(path) cannot be read and written: \(error.localizedDescription)")
        }
    }

    private static func position(
        _ lines: ArraySlice<UInt8>, _ path: String, _ format: ExportFormat, isWhole: Bool
    ) throws -> Int {
        guard !lines.isEmpty, !(isWhole && Array(lines) == format.head) else { return 0 }
        let last = lines.dropLast().split(separator: UInt8(ascii: "\n")).last ?? []
        let position: Int? =
            switch format {
            case .ndjson: (try? JSONParser.parse(Array(last)))?["position"]?.integer
            case .csv: Int(String(decoding: last.prefix { $0 != UInt8(ascii: ",") }, as: UTF8.self))
            }
        guard let position else {
            throw CommandFailure.cannotRun(
                "\(path) does not end like an export as \(format.rawValue): name another file, or the other --format")
        }
        return position
    }

    func append(_ bytes: [UInt8]) throws {
        do { try handle.write(contentsOf: bytes) } catch {
            throw CommandFailure.cannotRun(
                "\(path) cannot be written (\(error.localizedDescription)): make room, and run this again")
        }
    }

    func close() throws { try runOrFail { try handle.synchronize() } }
}
