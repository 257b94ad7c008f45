import Domain
import Platforms
import TestTools

extension HandClock {
    private static let start = WallClock.system.now

    var chat: ChatClock {
        let wall = WallClock { Self.start.adding(seconds: self.elapsed / .seconds(1)) }
        return ChatClock(elapsed: { self.elapsed }, wall: wall, sleep: { try await self.sleep(for: $0) })
    }
}
