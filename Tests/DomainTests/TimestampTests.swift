import Domain
import Foundation
import TestTools
import Testing

@Suite("A timestamp")
struct TimestampTests {
    static let readings: [(text: String, canonical: String)] = [
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z"),
        ("2026-11-21T02:25:50.123456Z", "2026-11-21T02:25:50.123456Z"),
        ("2026-11-21t02:25:50z", "2026-11-21T02:25:50.000000Z"),
        ("2026-11-21 02:25:50Z", "2026-11-21T02:25:50.000000Z"),
        ("2026-11-21T02:25:50.5Z", "2026-11-21T02:25:50.500000Z"),
        ("2026-11-21T02:25:50.123456999Z", "2026-11-21T02:25:50.123456Z"),
        ("2026-11-21T02:25:50.0000000000000000000000000001Z", "2026-11-21T02:25:50.000000Z"),
        ("2026-11-21T02:25:50+02:00", "2026-11-21T00:25:50.000000Z"),
        ("2026-11-21T02:25:50-05:30", "2026-11-21T07:55:50.000000Z"),
        ("2026-12-31T23:59:59-00:01", "2027-01-01T00:00:59.000000Z"),
        ("2026-11-21T02:25:50-00:00", "2026-11-21T02:25:50.000000Z"),
        ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
        ("2000-02-29T00:00:00Z", "2000-02-29T00:00:00.000000Z"),
        ("2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000000Z"),
        ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00.000000Z"),
        ("0000-02-29T00:00:00Z", "0000-02-29T00:00:00.000000Z"),
        ("9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"),
        ("9999-12-31T23:59:59.9999999Z", "9999-12-31T23:59:59.999999Z"),
    ]

    @Test(arguments: readings)
    func `is read as RFC 3339 says`(text: String, canonical: String) {
        #expect(Timestamp(text)?.description == canonical)
    }

    @Test(arguments: [
        "", "now", "2026-11-21", "2026-11-21T02:25:50", "2026-11-21T02:25Z", "2026-11-21T02:25:50.Z",
        "20261121T022550Z",
        "2026-11-21T02:25:50,5Z", "2026-11-21T24:00:00Z", "2026-11-21T02:60:00Z", "2026-11-21T23:59:60Z",
        "2026-00-21T02:25:50Z", "2026-13-21T02:25:50Z", "2026-11-00T02:25:50Z", "2026-11-31T02:25:50Z",
        "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-11-21T02:25:50+2:00",
        "2026-11-21T02:25:50+0200", "2026-11-21T02:25:50+24:00", "2026-11-21T02:25:50+02:60", "2026-11-21T02:25:50Z ",
        " 2026-11-21T02:25:50Z", "2026-11-21T02:25:50ZZ", "-026-11-21T02:25:50Z", "+2026-11-21T02:25:50Z",
        "12026-11-21T02:25:50Z", "2026-11-2٣T02:25:50Z", "２０２６-11-21T02:25:50Z", "2026-11-21T02:25:50Z\u{0}",
        "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01",
    ])
    func `is refused when it is not RFC 3339`(text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test(arguments: 0..<500)
    func `comes back from its text`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let moment = random.timestamp()
        #expect(Timestamp(moment.description) == moment)
    }

    /// From 1583 on: Foundation's calendar changes to the Julian one before.
    @Test(arguments: 0..<500)
    func `agrees with Foundation in both directions`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let seconds = Int.random(in: -12_212_553_600...253_402_300_799, using: &random)
        let oracle = Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
        #expect(Timestamp(microseconds: seconds * 1_000_000).description == oracle.dropLast() + ".000000Z")
        let minutes = Int.random(in: -14 * 60...14 * 60, using: &random)
        let offset = try #require(TimeZone(secondsFromGMT: minutes * 60))
        let local = Date(timeIntervalSince1970: Double(seconds)).formatted(
            Date.ISO8601FormatStyle(timeZoneSeparator: .colon, timeZone: offset))
        if local.count == 25 { #expect(Timestamp(local)?.microseconds == seconds * 1_000_000, "\(local)") }
    }

    @Test func `has every day of 800 years in its place`() {
        var expected = Timestamp("1600-01-01T00:00:00Z")?.microseconds ?? 0
        for year in 1600..<2400 {
            let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            for (month, days) in [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31].enumerated() {
                for day in 1...days {
                    let text =
                        "\(year)-\(month < 9 ? "0" : "")\(month + 1)-\(day < 10 ? "0" : "")\(day)T00:00:00.000000Z"
                    if Timestamp(microseconds: expected).description != text { Issue.record("\(text)") }
                    expected += 86_400_000_000
                }
            }
        }
    }

    @Test(arguments: [
        (Int.min, "0000-01-01T00:00:00.000000Z"), (Timestamp.earliest.microseconds - 1, "0000-01-01T00:00:00.000000Z"),
        (Timestamp.earliest.microseconds, "0000-01-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
        (Timestamp.latest.microseconds, "9999-12-31T23:59:59.999999Z"),
        (Timestamp.latest.microseconds + 1, "9999-12-31T23:59:59.999999Z"), (Int.max, "9999-12-31T23:59:59.999999Z"),
    ])
    func `beyond what can be said is said as the nearest`(microseconds: Int, text: String) {
        #expect(Timestamp(microseconds: microseconds).description == text)
    }

    @Test func `counts in seconds`() {
        let moment = Timestamp(microseconds: 1_000_000)
        #expect(moment.adding(seconds: 1.5).microseconds == 2_500_000)
        #expect(moment.adding(seconds: 1.5).seconds(since: moment) == 1.5)
        #expect(moment < moment.adding(seconds: 0.000_001))
    }

    @Test func `is as the clock says`() {
        #expect(WallClock { Timestamp(microseconds: 7) }.now.microseconds == 7)
        let before = Date().timeIntervalSince1970
        let now = Double(WallClock.system.now.microseconds) / 1_000_000
        #expect(abs(now - before) < 60)
    }
}
