import Domain
import Runtime
import Testing

@Suite("Heartbeats")
struct HeartbeatsTests {
    let directory = try! TestDirectory()

    @Test func `keep the latest of each bot`() throws {
        let store = try directory.open()
        let early = directory.now.adding(seconds: -60), late = directory.now.adding(seconds: -1)
        store.record([(.test(1), .twitch, late), (.test(1), .kick, early), (.test(2), .twitch, early)])
        store.record([(.test(1), .twitch, early)])
        #expect(store.lastHeartbeat(.test(1), .twitch) == late)
        #expect(store.lastHeartbeat(.test(1), .kick) == early)
        #expect(store.lastHeartbeat(.test(2), .twitch) == early)
        #expect(store.lastHeartbeat(.test(2), .discord) == nil)
    }

    @Test func `say what keeps a bot from hearing, until it hears again`() throws {
        let store = try directory.open()
        func record(_ seconds: Double, _ trouble: String?) {
            let at = directory.now.adding(seconds: seconds)
            store.record([Heartbeat(accountID: .test(1), platform: .kick, at: at, trouble: trouble)])
        }
        #expect(store.hearing(.test(1), .kick) == (.silent, nil))
        record(-10, nil)
        #expect(store.hearing(.test(1), .kick) == (.live, nil))
        record(-11, "older than what is known")
        #expect(store.hearing(.test(1), .kick) == (.live, nil))
        let version = store.heartbeatVersion
        record(-9, "no right")
        #expect(store.hearing(.test(1), .kick) == (.deaf, "no right") && store.heartbeatVersion > version)
        record(-9.5, nil)
        #expect(store.hearing(.test(1), .kick) == (.deaf, "no right"), "it heard before")
        record(-8, nil)
        #expect(store.hearing(.test(1), .kick) == (.live, nil))
        #expect(store.lastHeartbeat(.test(1), .kick) == directory.now.adding(seconds: -8))
    }

    @Test func `move the version only when something has changed`() throws {
        let store = try directory.open()
        let before = store.heartbeatVersion
        store.record([(.test(1), .twitch, directory.now)])
        let after = store.heartbeatVersion
        #expect(after > before)
        store.record([(.test(1), .twitch, directory.now), (.test(1), .twitch, directory.now.adding(seconds: -5))])
        store.record([Heartbeat]())
        #expect(store.heartbeatVersion == after)
    }

    @Test func `count as now when they come from the future`() throws {
        let store = try directory.open()
        store.record([(.test(1), .twitch, .latest)])
        #expect(store.lastHeartbeat(.test(1), .twitch) == directory.now)
        directory.advance(seconds: 1)
        store.record([(.test(1), .twitch, directory.now)])
        #expect(store.lastHeartbeat(.test(1), .twitch) == directory.now)
    }

    @Test func `are there after a restart`() throws {
        let store = try directory.open()
        store.record((0..<50).map { (.test($0), .twitch, directory.now) })
        let again = try directory.reopen(store)
        for number in 0..<50 { #expect(again.lastHeartbeat(.test(number), .twitch) == directory.now) }
        #expect(again.notice == nil)
    }

    @Test func `are written every few seconds without being asked to`() throws {
        let store = try directory.open()
        store.record([(.test(1), .twitch, directory.now)])
        directory.advance(seconds: 5)
        store.record([(.test(2), .twitch, directory.now)])
        #expect(try directory.copy().lastHeartbeat(.test(1), .twitch) != nil)
        store.record((0..<1000).map { (.test($0), .kick, directory.now) })
        #expect(try directory.copy().lastHeartbeat(.test(999), .kick) == directory.now)
    }

    @Test func `forget the bots that were silent for longest when there are too many`() throws {
        var limits = RuntimeStore.Limits()
        limits.heartbeatsMax = 20
        let store = try directory.open(limits)
        for number in 0..<30 {
            directory.advance(seconds: 1)
            store.record([(.test(number), .twitch, directory.now)])
        }
        let again = try directory.reopen(store)
        for one in [store, again] {
            let kept = (0..<30).filter { one.lastHeartbeat(.test($0), .twitch) != nil }
            #expect(kept.count <= 20 && kept.count >= 18)
            #expect(kept == Array((30 - kept.count)..<30))
        }
    }

    @Test func `hold when many record at once`() async throws {
        let store = try directory.open()
        let now = directory.now
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for step in 0..<200 {
                        store.record([(.test(step), .twitch, now.adding(seconds: Double(task) - 10))])
                        _ = store.lastHeartbeat(.test(step), .twitch)
                    }
                }
            }
        }
        let again = try directory.reopen(store)
        for step in 0..<200 { #expect(again.lastHeartbeat(.test(step), .twitch) == now.adding(seconds: -3)) }
    }
}
