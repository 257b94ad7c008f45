import ArgumentParser
import EventStore
import Foundation
import Privacy
import Projections

/// Makes the read models of a prepared journal from nothing.
struct RebuildRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "rebuild")

    @Option(help: "A directory that `prepare` has filled; its read models are deleted.") var journal: String
    @Option(help: "Not used by our side: the read models stand beside the journal.") var db: String?
    @Flag(help: "Write the changes of the feed, too.") var feed = false

    func run() async throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: journal) where name.hasPrefix("read-models.") {
            try FileManager.default.removeItem(atPath: journal + "/" + name)
        }
        let seal = PersonalSeal(try PersonalKeys(readingIn: journal))
        let source = try Journal.open(directory: journal, options: Journal.Options(sealing: seal))
        let started = DispatchTime.now().uptimeNanoseconds
        let readModels = try ReadModels.open(journal: source, keepsChanges: feed)
        let elapsed = Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9
        let events = source.head
        source.close()
        readModels.close()
        let fields = [
            #""suite":"rebuild""#, #""side":"ours""#, #""feed":\#(feed)"#, #""events":\#(events)"#,
            #""seconds":\#(elapsed)"#, #""rate":\#(Double(events) / elapsed)"#,
        ]
        print("{\(fields.joined(separator: ","))}")
    }
}
