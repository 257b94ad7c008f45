import Domain
import Testing

@testable import Worker

/// What the head means for somebody who has heard nothing.
@Suite("A follower's place in Redis")
struct RedisCursorTests {
    private func mark(_ position: Int, at: Int, generation: Int = 1, digest: DocumentDigest? = DocumentDigest())
        -> FeedMark
    {
        FeedMark(
            generation: FeedGeneration(epoch: "e.1", number: generation), last: ChangeID(position: position, index: 0),
            digest: digest, documents: 0, at: Timestamp(microseconds: at))
    }

    private func cursor(_ position: Int, _ mark: FeedMark) -> RedisCursor {
        RedisCursor(generation: mark.generation, last: ChangeID(position: position, index: 0), mark: mark)
    }

    @Test func `is alive as long as the relay stamps`() {
        var cursor = cursor(5, mark(5, at: 1))
        #expect(cursor.hear(mark(5, at: 1)) == nil)
        let stamped = mark(5, at: 2)
        #expect(cursor.hear(stamped) == .bookmark(stamped.head!))
        #expect(cursor.hear(stamped) == nil)
        #expect(cursor.hear(nil) == nil)
        #expect(cursor.hear(mark(5, at: 3, digest: nil)) == nil)
    }

    @Test func `is lost with its generation`() {
        var cursor = cursor(5, mark(5, at: 1))
        #expect(cursor.hear(mark(5, at: 2, generation: 2)) == .reset)
    }

    @Test func `waits for what was written a moment ago, and is lost when it does not come`() {
        var cursor = cursor(5, mark(5, at: 1))
        #expect(cursor.hear(mark(6, at: 2)) == nil)
        #expect(cursor.hear(mark(6, at: 2)) == .reset)
    }

    @Test func `waits while an older Redis is refilled, and is lost when the relay has nothing more to write`() {
        var cursor = cursor(9, mark(5, at: 1))
        #expect(cursor.hear(mark(5, at: 1)) == nil)
        #expect(cursor.hear(mark(7, at: 2)) == nil)
        #expect(cursor.hear(mark(7, at: 2)) == nil)
        #expect(cursor.hear(mark(7, at: 3)) == .reset)
    }
}
