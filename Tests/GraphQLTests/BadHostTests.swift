import GraphQL
import Testing

@Suite("A host that behaves badly")
struct BadHostTests {
    @Test func `that never answers costs the request, and nobody else`() async throws {
        var limits = GraphQLLimits()
        limits.seconds = 0.3
        let engine = try Kitchen.engine(limits)
        async let hanging = Kitchen.answer("{ never dish { dishId } }", engine: engine)
        #expect(try await Kitchen.answer("{ dish { kind } }", engine: engine) == #"{"data":{"dish":{"kind":"soup"}}}"#)
        #expect(try await hanging == "failed tookTooLong")
        #expect(
            try await Kitchen.answer("{ late(milliseconds: 1) }", engine: engine) == #"{"data":{"late":"at last"}}"#)
    }

    @Test func `that answers after the end is not heard`() async throws {
        var limits = GraphQLLimits()
        limits.seconds = 0.1
        let engine = try Kitchen.engine(limits), cook = Cook()
        #expect(
            try await Kitchen.answer(
                "mutation { burn { changed } }", engine: engine, cook: cook
            ).contains("plan_required"))
        #expect(try await Kitchen.answer("{ late(milliseconds: 700) }", engine: engine) == "failed tookTooLong")
        try await Task.sleep(for: .milliseconds(900))
        #expect(try await Kitchen.answer("{ dish { kind } }", engine: engine) == #"{"data":{"dish":{"kind":"soup"}}}"#)
    }

    @Test func `an engine without memory starts anew`() async throws {
        var limits = GraphQLLimits()
        limits.resultBytes = 40
        let engine = try Kitchen.engine(limits)
        #expect(
            try await Kitchen.answer("{ dish { dishId state settings kind } }", engine: engine) == "failed tooLarge")
        #expect(try await Kitchen.answer("{ __typename }", engine: engine) == #"{"data":{"__typename":"Query"}}"#)
    }

    @Test func `JavaScript that takes too long is stopped, and the next request is answered`() async throws {
        var limits = GraphQLLimits()
        (limits.cpuMilliseconds, limits.tokens, limits.fields) = (30, 1_000_000, 1_000_000)
        let engine = try Kitchen.engine(limits)
        #expect(try await Kitchen.answer("{ __typename }", engine: engine) == #"{"data":{"__typename":"Query"}}"#)
        let slow = "{ " + String(repeating: "dish { dishId } ", count: 6000) + "}"
        #expect(try await Kitchen.answer(slow, engine: engine).hasPrefix("failed broke"))
        #expect(try await Kitchen.answer("{ __typename }", engine: engine) == #"{"data":{"__typename":"Query"}}"#)
    }

    @Test func `a library that is not there is named, with what to do`() {
        let missing = #expect(throws: GraphQLLibrary.Missing.self) { try GraphQLLibrary(folder: "/nowhere") }
        #expect(missing?.description.contains("apt-get install node-graphql") == true)
    }
}
