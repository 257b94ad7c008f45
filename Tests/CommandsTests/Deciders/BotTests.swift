import Commands
import Domain
import Testing

@Suite("A bot")
struct BotTests {
    private let connected = Bot.Event.connected(.lobby)
    private let paused = Bot.Event.paused(reason: "spam", until: nil)
    private let timed = Bot.Event.paused(reason: "spam", until: .seconds(60))

    @Test func `connects, reconnects elsewhere, and does nothing when it is there already`() {
        given(Bot.self).when(.connect(.lobby)).then(connected)
        given(Bot.self, connected).when(.connect(.lobby)).then()
        given(Bot.self, connected).when(.connect(.arena)).then(.connected(.arena))
        given(Bot.self, connected, .disconnected).when(.connect(.lobby)).then(connected)
    }

    @Test(arguments: [
        Bot.Connection(channelID: "9", channelName: "lobby", botUserID: nil),
        Bot.Connection(channelID: "1", channelName: "renamed", botUserID: nil),
        Bot.Connection(channelID: "1", channelName: "lobby", botUserID: "own"),
    ])
    func `connects again when any part of the connection differs`(connection: Bot.Connection) {
        given(Bot.self, connected).when(.connect(connection)).then(.connected(connection))
    }

    @Test func `disconnects once`() {
        given(Bot.self).when(.disconnect).then()
        given(Bot.self, connected).when(.disconnect).then(.disconnected)
        given(Bot.self, connected, .disconnected).when(.disconnect).then()
    }

    @Test func `does nothing when it is paused twice`() {
        given(Bot.self, connected).when(.pause(reason: "spam", until: nil)).then(paused)
        given(Bot.self, connected, paused).when(.pause(reason: "again", until: nil)).then()
    }

    @Test func `keeps the end of its pause when it is paused again without one`() {
        given(Bot.self, connected, timed).when(.pause(reason: "again", until: nil)).then()
        given(Bot.self, connected, timed).when(.pause(reason: "again", until: .seconds(60))).then()
    }

    @Test(arguments: [30, 90])
    func `extends or shortens its pause`(seconds: Int) {
        let until = Timestamp.seconds(seconds)
        given(Bot.self, connected, timed).when(.pause(reason: "other", until: until))
            .then(.paused(reason: "other", until: until))
    }

    @Test func `gives an endless pause an end when one is named`() {
        given(Bot.self, connected, paused).when(.pause(reason: nil, until: .seconds(60)))
            .then(.paused(reason: nil, until: .seconds(60)))
    }

    @Test func `resumes once`() {
        given(Bot.self, connected, paused).when(.resume(reason: "fixed"))
            .then(.resumed(reason: "fixed", scheduled: false))
        given(Bot.self, connected).when(.resume(reason: "fixed")).then()
        given(Bot.self, connected, paused, .resumed(reason: nil, scheduled: false)).when(.resume(reason: nil)).then()
    }

    @Test func `is neither paused nor resumed without a connection`() {
        let histories = [given(Bot.self), given(Bot.self, connected, paused, .disconnected)]
        for bot in histories {
            bot.when(.pause(reason: nil, until: nil)).thenRefused(.noBotConnection)
            bot.when(.pause(reason: nil, until: .seconds(5))).thenRefused(.noBotConnection)
            bot.when(.resume(reason: nil)).thenRefused(.noBotConnection)
        }
    }

    @Test func `stays paused when its owner connects it again`() {
        let again = given(Bot.self, connected, timed, .disconnected, .connected(.arena))
        #expect(again.state.pause == given(Bot.self, connected, timed).state.pause)
        again.when(.resume(reason: nil)).then(.resumed(reason: nil, scheduled: false))
    }

    @Test func `resumes on schedule only while that very pause holds`() {
        let command = Bot.Command.resumeOnSchedule(until: .seconds(60))
        given(Bot.self, connected, timed).when(command).then(.resumed(reason: nil, scheduled: true))
        given(Bot.self, connected).when(command).then()
        given(Bot.self, connected, paused).when(command).then()
        given(Bot.self, connected, timed, .paused(reason: nil, until: .seconds(90))).when(command).then()
        given(Bot.self, connected, timed, .resumed(reason: nil, scheduled: false)).when(command).then()
        given(Bot.self, connected, timed, .disconnected).when(command).then(.resumed(reason: nil, scheduled: true))
    }
}
