import Domain
import NIOCore
import NIOHTTP1
import Synchronization

/// The one HTTP port of the fake: the API, and the door to EventSub.
extension FakeTwitch: StagePort {
    func opensSocket(at uri: String) -> Bool { uri.hasPrefix("/ws") }

    func open(_ channel: any Channel, uri: String) throws {
        try EventSubStage.install(on: channel, of: self, uri: uri)
    }

    func take(_ request: StageServer.Request) -> StageServer.Reply {
        let route = HelixDesk.route(request.method, request.path)
        let asked = Request(
            route: route, method: request.method, path: request.path, query: request.query, headers: request.headers,
            body: request.body, form: request.form)
        switch take(asked) {
        case .nothing: return .nothing
        case .close: return .close
        case .answer(let answer, let cut): return .answer(answer.onTheWire, cut: cut)
        }
    }
}

extension HelixDesk.Answer {
    fileprivate var onTheWire: StageServer.Answer {
        var answer = StageServer.Answer(status, headers: headers.map { ($0.name, $0.value) })
        answer.body = body
        return answer
    }
}

extension FakeTwitch {
    enum Reply {
        case nothing, close
        case answer(HelixDesk.Answer, cut: Bool)
    }

    /// Writes a request down and decides what becomes of it.
    func take(_ request: Request) -> Reply {
        if request.path == "/oauth2/token" { return .answer(refresh(request), cut: false) }
        let now = WallClock.system.now
        let (reply, spoken) = world.withLock { world -> (Reply, HelixDesk.Answer?) in
            world.requests.append(request)
            let (isOver, limits) = world.spend(settings, at: now)
            let fault = request.route.flatMap { world.nextFault($0) }
            if let fault, let reply = Self.reply(fault, to: request, limits: limits) { return (reply, nil) }
            var answer =
                isOver
                ? .failure(429, "Too Many Requests")
                : HelixDesk(request: request, bot: bot, now: now).answer(in: &world)
            answer.headers = limits
            if case .cutBody? = fault { return (.answer(answer, cut: true), answer) }
            return (.answer(answer, cut: false), answer)
        }
        if let spoken = spoken?.spoken { show(spoken.text, id: spoken.id, by: bot, in: spoken.room, badges: []) }
        return reply
    }

    private static func reply(_ fault: Fault, to request: Request, limits: HTTPHeaders) -> Reply? {
        switch fault {
        case .hang: return .nothing
        case .disconnect: return .close
        case .cutBody: return nil
        case .status(let status, let message):
            var answer = HelixDesk.Answer.failure(status, message)
            answer.headers = limits
            return .answer(answer, cut: false)
        case .answer(let status, let headers, let body):
            let headers = HTTPHeaders(headers.map { ($0.key, $0.value) })
            return .answer(HelixDesk.Answer(status: status, headers: headers, body: body), cut: false)
        case .drop(let code, let message):
            return .answer(HelixDesk.dropped(code: code, message: message), cut: false)
        case .echo: return .answer(.failure(400, "\(request.headers) \(request.query)"), cut: false)
        }
    }
}
