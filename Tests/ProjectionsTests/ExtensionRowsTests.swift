import Domain
import Testing

@testable import Projections

@Suite("The rows of extensions")
struct ExtensionRowsTests {
    private struct Gone: Error {}

    @Test func `follow a version from its submission to the store`() async throws {
        try await Stage.with { stage in
            func document() throws -> ExtensionDocument {
                guard let found = try stage.readModels.extension(Store.id) else { throw Gone() }
                return found
            }
            try await stage.append(Store.submitted(), to: Store.entity)
            #expect(try document().state == .submitted && document().ownerID == .one)
            #expect(try document().description == "d\u{FFFD}d")
            try await stage.append(Store.approved(), to: Store.entity)
            #expect(try document().versions.first?.state == .approved && document().published == nil)
            #expect(try document().versions.first?.reviews.map(\.reviewer) == ["r"])
            try await stage.append(Extension.Event.published(Store.listing()), to: Store.entity)
            #expect(try document().state == .published && document().publishedVersion?.publishedAt != nil)
            let next = Store.listing("1.1.0", "Ranks 2")
            try await stage.append(Store.submitted(next), to: Store.entity)
            #expect(try document().name == "Ranks", "the store still shows the published one")
            #expect(try document().versions.map(\.version) == ["1.1.0", "1.0.0"])
            try await stage.append(Extension.Event.suspended(reason: "leaks"), to: Store.entity, actor: "op")
            #expect(try document().suspension?.by == "op" && document().isSuspended)
            #expect(try document().state == .suspended)
            try await stage.append(Extension.Event.reinstated(reason: nil), to: Store.entity)
            #expect(try document().state == .published && document().revision == 5)
            try await stage.expectRebuildFindsNothing()
            try stage.expectFeedEndsInDocuments()
        }
    }

    @Test func `keep the newest versions, and the one that is offered`() async throws {
        try await Stage.with { stage in
            try await stage.append(
                Store.submitted(), Store.approved(), Extension.Event.published(Store.listing()), to: Store.entity)
            for minor in 1...(ExtensionDocument.versionsMax + 5) {
                try await stage.append(Store.submitted(Store.listing("1.\(minor).0")), to: Store.entity)
            }
            let document = try #require(try stage.readModels.extension(Store.id))
            #expect(document.versions.count == ExtensionDocument.versionsMax)
            #expect(document.versions.first?.version == "1.55.0" && document.versions.last?.version == "1.0.0")
            try await stage.expectRebuildFindsNothing()
        }
    }

    @Test func `are listed for who may see them`() async throws {
        try await Stage.with { stage in
            let other = ExtensionID(stored: "3f0c1c52-7c1e-4b8e-9d55-0a3f5c1b2d4f")
            try await stage.append(
                Store.submitted(), Store.approved(), Extension.Event.published(Store.listing()), to: Store.entity)
            try await stage.append(Store.submitted(Store.listing("1.0.0", "Ärger")), to: .extension(other))
            func names(_ scope: ExtensionFilter.Scope, _ search: String? = nil, _ stage_: Extension.Stage? = nil) throws
                -> [String]
            {
                try stage.readModels.extensions(
                    ExtensionFilter(scope, search: search, stage: stage_), offset: 0, limit: 9
                ).rows.map(\.name)
            }
            #expect(try names(.store(nil)) == ["Ranks"])
            #expect(try names(.store(.one)) == ["Ranks", "Ärger"])
            #expect(try names(.everything, "äRG") == ["Ärger"])
            #expect(try names(.everything, nil, .published) == ["Ranks"])
            try await stage.append(Extension.Event.suspended(reason: "x"), to: Store.entity)
            #expect(try names(.store(nil)).isEmpty)
        }
    }

    @Test func `of installs carry all that a worker needs, and go with the install`() async throws {
        try await Stage.with { stage in
            try await stage.appendExtensions()
            let install = try #require(try stage.readModels.install(Store.install))
            #expect(!install.enabled && install.kill == nil && install.trip == nil && install.held == nil)
            #expect(install.release.version == "2.0.0" && install.exemptRoles == ["moderator"])
            #expect(try stage.readModels.installs(of: .one) == [install])
            #expect(try stage.readModels.installCount(of: Store.id) == 1)
            #expect(try stage.readModels.installedBundles() == [Store.digest])
            try await stage.append(ExtensionInstall.Event.killed(reason: "spam"), to: Store.installEntity)
            #expect(try stage.readModels.install(Store.install)?.kill?.reason == "spam")
            #expect(try stage.readModels.install(Store.install)?.settings == JSONText(["points": 1]))
            try await stage.expectRebuildFindsNothing()
            try stage.expectFeedEndsInDocuments()
            try await stage.append(ExtensionInstall.Event.uninstalled, to: Store.installEntity)
            #expect(try stage.readModels.install(Store.install) == nil)
            #expect(try stage.readModels.installs(of: .one).isEmpty)
            let last = try #require(try stage.changes().last)
            #expect(last.kind == .extensionInstall && last.value == nil)
            try stage.expectDigest()
        }
    }

    @Test func `stand still when history makes no sense`() async throws {
        try await Stage.with { stage in
            try await stage.append(ExtensionInstall.Event.enabled, to: Store.installEntity)
            try await stage.append(Extension.Event.suspended(reason: "x"), to: Store.entity)
            #expect(try stage.status().parked.count == 2)
        }
    }
}
