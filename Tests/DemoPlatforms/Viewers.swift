import Domain
import PlatformStage

/// Somebody writes somewhere, again and again; now and then one repeats himself.
struct Viewers {
    private static let pause = Duration.milliseconds(300)
    private static let repeated = "join my giveaway now", repeatCount = 5

    private let fakes: FiveFakes
    private let rooms: Int

    init(_ fakes: FiveFakes, rooms: Int) {
        (self.fakes, self.rooms) = (fakes, rooms)
    }

    func write() async {
        while !Task.isCancelled {
            let text = Self.lines.randomElement() ?? "", viewer = "Viewer\(Int.random(in: 1...20))"
            let room = Int.random(in: 0..<max(1, rooms))
            guard let platform = Platform.allCases.randomElement() else { return }
            for _ in 0..<(text == Self.repeated ? Self.repeatCount : 1) {
                fakes.say(text, by: viewer, in: room, on: platform)
                try? await Task.sleep(for: Self.pause)
            }
        }
    }

    private static let lines = [
        "hello everyone", "gg", "that jump was clean", "what game is this?", "LUL", "first time here, nice stream",
        "how long have you been live?", "the music is great today", "see youtube.com/watch?v=1 for the last run",
        "BUY FOLLOWERS CHEAP AND FAST", "free skins at bit.ly/2x", "get rich: www.example.com/now", repeated,
        "that is a b4dw0rd1, says the manual", "good night chat", "clip that!", "I WILL NEVER STOP SHOUTING HERE",
        "version 1.2.3 was better", "brb tea", "!hug", "!uptime", "!discord",
    ]
}
