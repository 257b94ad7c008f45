import Domain
import NIOHTTP1

extension TwitchActions: StreamWatching {
    /// "Get Streams" of dev.twitch.tv lists a channel while it is live.
    package func streamState(of channel: ChatChannel) async -> StreamState {
        var request = APIRequest(method: .GET, path: "/helix/streams")
        request.query = [APIRequest.Parameter(name: "user_id", value: channel.id)]
        guard let answer = await ask(request), answer.status == 200, let streams = answer.body?["data"]?.array else {
            return .unknown
        }
        // A stream that is about to begin has no type.
        guard let stream = streams.first(where: { $0["type"] == "live" }) else { return .offline }
        return stream["started_at"]?.string.flatMap { Timestamp($0) }.map { .live(since: $0) } ?? .unknown
    }
}
