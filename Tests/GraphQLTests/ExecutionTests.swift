import GraphQL
import Testing

@Suite("GraphQL, run by graphql-js")
struct ExecutionTests {
    @Test(arguments: [
        (
            "{ dish { dishId state settings } }",
            #"{"data":{"dish":{"dishId":"d1","state":"NO_CONNECTION","settings":{"a_b":[1]}}}}"#
        ),
        (
            "{ dishes { page dishes { __typename dishId } } }",
            #"{"data":{"dishes":{"page":3,"dishes":[{"__typename":"Dish","dishId":"d1"}]}}}"#
        ),
        ("{ soups { dishId } }", #"{"data":{"soups":[{"dishId":"d1"}]}}"#),
        (
            "mutation { cook(name: \"x\") { changed dish { dishId } } }",
            #"{"data":{"cook":{"changed":true,"dish":{"dishId":"d1"}}}}"#
        ),
        ("{ late(milliseconds: 5) }", #"{"data":{"late":"at last"}}"#),
        (
            "{ a: late(milliseconds: 40) b: late(milliseconds: 5) dish { dishId } }",
            #"{"data":{"a":"at last","b":"at last","dish":{"dishId":"d1"}}}"#
        ),
    ])
    func `answers with what the host says`(query: String, answer: String) async throws {
        #expect(try await Kitchen.answer(query) == answer)
    }

    @Test func `speaks the host's language, but leaves scalars alone`() async throws {
        let query = """
            query($free: JSON) {
              echo(someText: "ö", state: CHAT_SEND, spice: {hotLevel: 1, moreSpices: [{hotLevel: 2}]},
                free: $free, name: "n")
            }
            """
        #expect(
            try await Kitchen.answer(query, variables: #"{"free":{"camelCase":null}}"#) == """
                {"data":{"echo":{"some_text":"ö","state":"chat:send",\
                "spice":{"hot_level":1,"more_spices":[{"hot_level":2}]},"free":{"camelCase":null},"dish_name":"n"}}}
                """)
    }

    @Test func `gives the host's refusal in the host's words, with the arguments' names`() async throws {
        #expect(
            try await Kitchen.answer("{ refused { dishId } dish { dishId } }") == """
                {"data":{"refused":null,"dish":{"dishId":"d1"}},"errors":[{"message":"no",\
                "locations":[{"line":1,"column":3}],"path":["refused"],\
                "extensions":{"code":"plan_required","status":403,"details":\
                [{"path":"dish_name.x[0]","code":"c","message":"m"}],"correlationId":"c"}}]}
                """)
    }

    @Test func `runs mutations one after the other`() async throws {
        let cook = Cook()
        let answer = try await Kitchen.answer(
            #"mutation { a: cook(name: "1") { changed } b: burn { changed } c: cook(name: "2") { changed } }"#,
            cook: cook)
        #expect(cook.orders == [#"cook {"name":"1"}"#, "burn {}", #"cook {"name":"2"}"#])
        #expect(
            answer.hasPrefix(#"{"data":{"a":{"changed":true},"b":null,"c":{"changed":true}},"errors":["#), "\(answer)")
    }

    @Test func `says nothing of its inside`() async throws {
        #expect(
            try await Kitchen.answer("{ broken { dishId } }").contains(
                #""extensions":{"code":"internal_error","status":500,"correlationId":"c-1"}}]}"#))
    }

    @Test func `knows which fields a request is going to ask for`() async throws {
        let engine = try Kitchen.shared.get()
        let request = GraphQLRequest(
            query: "{ dish { dishId } ...F } fragment F on Query { never ...  on Query { __typename soups { kind } } }",
            operationName: nil, variables: nil, readsOnly: false, correlationID: "c-1")
        let answer = try await Kitchen.answer("{ ...F } fragment F on Query { dish { dishId } }")
        #expect(await engine.rootFields(of: request) == [1, 6, -1, 3], "\(answer)")
    }

    @Test func `works on many requests at once, on several threads`() async throws {
        let engine = try Kitchen.engine(threads: 2)
        try await withThrowingTaskGroup(of: String.self) { group in
            for number in 0..<300 {
                group.addTask { try await Kitchen.answer("{ late(milliseconds: \(number % 7)) }", engine: engine) }
            }
            for try await answer in group { #expect(answer == #"{"data":{"late":"at last"}}"#) }
        }
    }
}
