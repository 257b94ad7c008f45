import Domain
import Foundation

/// The last known good state on disk, so that a worker acts at once when it starts and the feed is away.
///
/// A file that cannot be used is put aside and never in the way: everything in it can be had again from the feed.
package struct StateFile: Sendable {
    package static let fileName = "active-set"
    static let format = "botcontrol active set 1"

    let path: String

    /// Makes the directory when there is none.
    package init(directory: String) throws {
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw DirectoryNotMade(directory: directory, reason: error.localizedDescription)
        }
        path = directory + "/" + Self.fileName
    }

    package struct DirectoryNotMade: Error, CustomStringConvertible {
        let directory: String, reason: String

        package var description: String {
            "\(directory) could not be made (\(reason)): name another directory with --state"
        }
    }

    package enum Content: Sendable {
        case absent
        case read(ActiveSet)
        /// It could not be used.
        case putAside(reason: String)
    }

    package func load() -> Content {
        guard FileManager.default.fileExists(atPath: path) else { return .absent }
        do {
            return .read(try read())
        } catch {
            return .putAside(reason: "\(error), and it \(putAside())")
        }
    }

    /// The last one that was put aside is kept for whoever wants to know why.
    private func putAside() -> String {
        let place = path + ".damaged"
        return rename(path, place) == 0 ? "is now \(place)" : "stays where it is: \(POSIXFailure(place))"
    }

    /// Written under another name first, so that what stands under its own is always whole.
    package func save(_ set: ActiveSet, at: Timestamp) throws {
        let temporary = path + ".incomplete"
        do {
            try write(set, at: at, to: temporary)
            guard rename(temporary, path) == 0 else { throw POSIXFailure(path) }
        } catch {
            unlink(temporary)
            throw error
        }
        syncDirectory()
    }

    /// Until then a crash of the machine could bring the former file back, which is as good as it was.
    private func syncDirectory() {
        let descriptor = open((path as NSString).deletingLastPathComponent, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        close(descriptor)
    }
}
