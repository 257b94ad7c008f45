import Domain
import NIOHTTP1
import Synchronization

/// Which chat a channel has at the moment: every broadcast has its own.
///
/// A channel is named by its id (`UC…`); whatever else stands where a channel's id should is taken for a chat's own.
/// To search for a channel's broadcast costs 100 units; its list of uploads and a look at the latest videos cost two.
final class YouTubeChats: Sendable {
    private static let videosMax = 10

    enum Finding: Equatable, Sendable {
        /// With the moment when the broadcast began, where YouTube says it.
        case chat(String, startedAt: Timestamp?)
        /// The channel is not live.
        case none
        case refused(String)
        case failed(String, retryAfter: Duration?)
    }

    private let api: APIAccess
    private let known = Mutex<[String: String]>([:])

    init(_ api: APIAccess) { self.api = api }

    static func isChannel(_ id: String) -> Bool { id.hasPrefix("UC") && id.utf8.count == 24 }

    func forget(_ channel: String) { _ = known.withLock { $0.removeValue(forKey: channel) } }

    /// Of a channel that is listened to; else YouTube is asked.
    func chat(of channel: String) async -> Finding {
        if let chat = known.withLock({ $0[channel] }) { return .chat(chat, startedAt: nil) }
        return await find(channel)
    }

    func find(_ channel: String) async -> Finding {
        guard Self.isChannel(channel) else { return .chat(channel, startedAt: nil) }
        let uploads = APIRequest(
            method: .GET, path: "/youtube/v3/playlistItems",
            query: [
                .init(name: "part", value: "contentDetails"),
                .init(name: "playlistId", value: "UU" + channel.dropFirst(2)),
                .init(name: "maxResults", value: "\(Self.videosMax)"),
            ])
        let videos: [String]
        switch await ask(uploads) {
        // A channel without any video has no such list.
        case .success(let answer) where answer.status == 404: return .none
        case .success(let answer):
            if let failure = Self.failure(answer, api) { return failure }
            videos = (answer.body?["items"]?.array ?? []).compactMap { $0["contentDetails"]?["videoId"]?.string }
        case .failure(let failure): return failure.finding
        }
        guard !videos.isEmpty else { return .none }
        return await live(among: videos, of: channel)
    }

    private func live(among videos: [String], of channel: String) async -> Finding {
        let request = APIRequest(
            method: .GET, path: "/youtube/v3/videos",
            query: [
                .init(name: "part", value: "liveStreamingDetails"),
                .init(name: "id", value: videos.joined(separator: ",")),
            ])
        switch await ask(request) {
        case .success(let answer):
            if let failure = Self.failure(answer, api) { return failure }
            let details = (answer.body?["items"]?.array ?? []).compactMap { $0["liveStreamingDetails"] }
            guard let live = details.first(where: { $0["activeLiveChatId"]?.string?.isEmpty == false }),
                let chat = live["activeLiveChatId"]?.string
            else { return .none }
            known.withLock { $0[channel] = chat }
            return .chat(chat, startedAt: live["actualStartTime"]?.string.flatMap { Timestamp($0) })
        case .failure(let failure): return failure.finding
        }
    }

    private func ask(_ request: APIRequest) async -> Result<APIAnswer, APIClient.Failure> {
        do { return .success(try await api.send(request)) } catch { return .failure(error) }
    }

    private static func failure(_ answer: APIAnswer, _ api: APIAccess) -> Finding? {
        guard !answer.isSuccess else { return nil }
        let reason = api.hidden(in: answer.youTubeReason)
        if answer.isYouTubeSpent || answer.isYouTubeLimit {
            return .failed(reason, retryAfter: .seconds(answer.waitSeconds(otherwise: 30)))
        }
        return (400..<500).contains(answer.status) ? .refused(reason) : .failed(reason, retryAfter: nil)
    }
}

extension APIClient.Failure {
    fileprivate var finding: YouTubeChats.Finding {
        .failed(reason, retryAfter: retryAfterSeconds.map { .seconds($0) })
    }
}
