import Commands
import Domain
import Testing

@Suite("An extension")
struct ExtensionTests {
    private let justification = "It bans known scams, and nobody else."

    private func review(_ decision: Extension.Decision, by reviewer: String, note: String? = nil) -> Extension.Command {
        .review(version: "1.0.0", decision, reviewer: reviewer, note: note)
    }

    private func reviewed(
        _ decision: Extension.Decision, _ stage: Extension.Stage, by reviewer: String, note: String? = nil
    ) -> Extension.Event { .reviewed(version: "1.0.0", decision, state: stage, reviewer: reviewer, note: note) }

    @Test func `is submitted once`() {
        let submission = Store.submission()
        given(Extension.self).when(.submit(submission)).then(.submitted(submission))
        given(Extension.self, .submitted(submission)).when(.submit(submission)).then()
    }

    @Test func `never changes a version, and counts upwards`() {
        let first = Extension.Event.submitted(Store.submission("1.1.0"))
        given(Extension.self, first).when(.submit(Store.submission("1.1.0", digest: Store.other)))
            .thenRefused(.versionConflict)
        given(Extension.self, first).when(.submit(Store.submission("1.0.9"))).thenRefused(.versionConflict)
        let next = Store.submission("1.2.0")
        given(Extension.self, first).when(.submit(next)).then(.submitted(next))
    }

    @Test func `belongs to who was first`() {
        given(Extension.self, .submitted(Store.submission()))
            .when(.submit(Store.submission("2.0.0", account: AccountID(stored: "other")))).thenRefused(.notOwner)
    }

    @Test func `is approved by somebody else, and offered then`() {
        let submitted = Extension.Event.submitted(Store.submission())
        given(Extension.self, submitted).when(review(.approved, by: "author")).thenRefused(.ownReview)
        given(Extension.self, submitted).when(.publish(version: "1.0.0")).thenRefused(.notApproved)
        let approved = reviewed(.approved, .approved, by: "a")
        given(Extension.self, submitted).when(review(.approved, by: "a")).then(approved)
        let published = Extension.Event.published(Store.submission().listing)
        given(Extension.self, submitted, approved).when(.publish(version: "1.0.0")).then(published)
        given(Extension.self, submitted, approved, published).when(.publish(version: "1.0.0")).then()
        given(Extension.self, submitted, approved).when(.publish(version: "9.0.0")).thenRefused(.versionNotFound)
        given(Extension.self).when(.publish(version: "1.0.0")).thenRefused(.extensionNotFound)
    }

    @Test func `that bans needs two reviewers, each with a justification`() {
        let submitted = Extension.Event.submitted(Store.submission("1.0.0", [.chatBan]))
        given(Extension.self, submitted).when(review(.approved, by: "a")).thenRefused(.justificationRequired)
        given(Extension.self, submitted).when(review(.approved, by: "a", note: "fine")).thenRefused(
            .justificationRequired)
        let first = reviewed(.approved, .inReview, by: "a", note: justification)
        given(Extension.self, submitted).when(review(.approved, by: "a", note: justification)).then(first)
        given(Extension.self, submitted, first).when(review(.approved, by: "a", note: justification)).then()
        given(Extension.self, submitted, first).when(.publish(version: "1.0.0")).thenRefused(.notApproved)
        given(Extension.self, submitted, first).when(review(.approved, by: "b", note: justification)).then(
            reviewed(.approved, .approved, by: "b", note: justification))
        given(Extension.self, submitted, first).when(review(.rejected, by: "b", note: "no")).then(
            reviewed(.rejected, .rejected, by: "b", note: "no"))
    }

    /// Forty blanks are no reason.
    @Test func `is not judged with white space for a note`() {
        let blank = String(repeating: " \n", count: 20)
        let banning = Extension.Event.submitted(Store.submission("1.0.0", [.chatBan]))
        given(Extension.self, banning).when(review(.approved, by: "a", note: blank)).thenRefused(.justificationRequired)
        given(Extension.self, .submitted(Store.submission())).when(review(.rejected, by: "a", note: blank))
            .thenRefused(.justificationRequired)
    }

    @Test func `is told what is wrong, and its review ends`() {
        let submitted = Extension.Event.submitted(Store.submission())
        given(Extension.self, submitted).when(review(.changesRequested, by: "a")).thenRefused(.justificationRequired)
        let wanted = reviewed(.changesRequested, .changesRequested, by: "a", note: "typo")
        given(Extension.self, submitted).when(review(.changesRequested, by: "a", note: "typo")).then(wanted)
        given(Extension.self, submitted, wanted).when(review(.approved, by: "b")).thenRefused(.reviewClosed)
        let begun = reviewed(.inReview, .inReview, by: "a")
        given(Extension.self, submitted).when(review(.inReview, by: "a")).then(begun)
        given(Extension.self, submitted, begun).when(review(.inReview, by: "b")).then()
    }

    @Test func `is suspended and reinstated, once each`() {
        let submitted = Extension.Event.submitted(Store.submission())
        let suspended = Extension.Event.suspended(reason: "leaks")
        given(Extension.self).when(.suspend(reason: "leaks")).thenRefused(.extensionNotFound)
        given(Extension.self, submitted).when(.suspend(reason: "leaks")).then(suspended)
        given(Extension.self, submitted, suspended).when(.suspend(reason: "more")).then()
        given(Extension.self, submitted).when(.reinstate(reason: nil)).then()
        given(Extension.self, submitted, suspended).when(.reinstate(reason: nil)).then(.reinstated(reason: nil))
        let approved = reviewed(.approved, .approved, by: "a")
        given(Extension.self, submitted, approved, suspended).when(.publish(version: "1.0.0")).thenRefused(
            .extensionSuspended)
    }
}
