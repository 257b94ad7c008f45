import Domain
import NIOHTTP1
import Synchronization

/// Which user has which name: Trovo's commands know people by name only.
final class TrovoNames: Sendable {
    private static let countMax = 20_000

    private struct State {
        /// In two halves, of which the older is forgotten at once.
        var newer: [String: String] = [:], older: [String: String] = [:]
    }

    private let api: APIAccess
    private let state = Mutex(State())

    init(_ api: APIAccess) { self.api = api }

    func learn(_ name: String, of user: String) {
        state.withLock { state in
            state.newer[user] = name
            if state.newer.count >= Self.countMax { (state.older, state.newer) = (state.newer, [:]) }
        }
    }

    /// Asks Trovo when nobody of that id has been heard: a user's channel has the user's id and name.
    func name(of user: String) async throws(APIRequest.Unsendable) -> String {
        let known = state.withLock { $0.newer[user] ?? $0.older[user] }
        if let known { return known }
        let answer = try? await api.send(
            APIRequest(
                method: .POST, path: "/channels/id", body: JSON.object([.init("channel_id", .string(user))]).bytes))
        guard let answer, answer.isSuccess, let name = answer.body?["username"]?.string, Self.isName(name) else {
            throw APIRequest.Unsendable(reason: "Trovo does not say which name user \(user) has")
        }
        learn(name, of: user)
        return name
    }

    /// Anything else would be another command, or another's name.
    static func isName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 100
            && name.unicodeScalars.allSatisfy { !$0.properties.isWhitespace && $0.value >= 0x21 && $0.value != 0x7F }
    }
}
