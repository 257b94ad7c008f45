import GraphQL
import Testing

@Suite("A hostile document")
struct HostileDocumentTests {
    /// Documents, and a part of what they are answered with.
    static let documents: [(String, String, String)] = [
        ("nothing", "", "graphql_syntax_error"),
        ("no GraphQL", "{ dish", "graphql_syntax_error"),
        ("an unknown field", "{ dash }", "graphql_validation_error"),
        (
            "two operations, none named", "query A { __typename } query B { __typename }",
            "say which one as operationName"
        ),
        ("only a fragment", "fragment F on Query { __typename }", "graphql_validation_error"),
        ("ten thousand aliases", "{ " + (0..<10_000).map { "a\($0): dish { dishId } " }.joined() + "}", "syntax_error"),
        ("a hundred and one aliases", "{ " + (0...100).map { "a\($0): __typename " }.joined() + "}", "too_complex"),
        ("the same field a thousand times", "{ " + String(repeating: "__typename ", count: 1001) + "}", "too_complex"),
        ("a depth bomb", String(repeating: "{ dish ", count: 600) + String(repeating: "}", count: 600), "too_complex"),
        ("a depth bomb of thousands", String(repeating: "{ dish ", count: 2400), "too_complex"),
        ("a list that nests", "{ echo(free: " + String(repeating: "[", count: 4000) + " }", "too_complex"),
        ("a circle of fragments", "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }", "itself"),
        ("a fragment of itself", "{ ...A } fragment A on Query { dish { dishId } ...A }", "itself"),
        (
            "fragments that double",
            "{ ...F0 } "
                + (0..<60).map {
                    "fragment F\($0) on Query { ...F\($0 + 1) ...F\($0 + 1) } "
                }.joined() + "fragment F60 on Query { dish { ...G } } fragment G on Dish { dashId }",
            "graphql_validation_error"
        ),
        (
            "types of types of types",
            """
            { __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }
            """, "too_complex"
        ),
        (
            "rows without end",
            "{ "
                + (0..<90).map { "a\($0): dishes(perPage: 2000000000) { page dishes { kind } } " }
                .joined() + "}", "27000 values"
        ),
        ("a subscription", "subscription { dish { dishId } }", "graphql_validation_error"),
        ("directives without end", "{ __typename " + String(repeating: "@skip(if: true) ", count: 700) + "}", "_error"),
    ]

    @Test(arguments: documents)
    func `is refused, soon, and with a reason`(name: String, query: String, reason: String) async throws {
        let started = ContinuousClock.now
        let answer = try await Kitchen.answer(query)
        #expect(answer.hasPrefix(#"refused {"status":400,"errors":[{"message":""#), "\(answer.prefix(300))")
        #expect(answer.contains(reason), "\(answer.prefix(300))")
        // It takes milliseconds; the bound is for machines that do other things as well.
        #expect(ContinuousClock.now - started < .seconds(5))
    }

    @Test func `cannot make validation quadratic`() async throws {
        let fields = { (count: Int) in "{ " + String(repeating: "dish { dishId } ", count: count) + "}" }
        #expect(try await Kitchen.answer(fields(140)) == #"{"data":{"dish":{"dishId":"d1"}}}"#)
        #expect(try await Kitchen.answer(fields(142)).contains("40328 pairs of fields with one name"))
    }

    @Test(arguments: [
        (#"query($n: Int!) { late(milliseconds: $n) }"#, #"{"n":"x"}"#, "validation_error"),
        (#"query($n: Int!) { late(milliseconds: $n) }"#, "{}", "validation_error"),
        (
            "query($n: Int!) { " + (0..<90).map { "a\($0): dishes(perPage: $n) { page dishes { kind } } " }.joined()
                + "}",
            #"{"n":999999999}"#, "too_complex"
        ),
    ])
    func `is refused for its variables, too`(query: String, variables: String, code: String) async throws {
        let answer = try await Kitchen.answer(query, variables: variables)
        #expect(answer.hasPrefix("refused"), "\(answer)")
        #expect(answer.contains(#""code":"\#(code)""#), "\(answer)")
    }

    @Test func `does not change anything where only reading is allowed`() async throws {
        let cook = Cook()
        let answer = try await Kitchen.answer("mutation { burn { changed } }", readsOnly: true, cook: cook)
        #expect(answer.hasPrefix(#"refused {"status":405"#), "\(answer)")
        #expect(cook.orders == [])
    }

    @Test func `takes the introspection that every tool sends, and can be kept from it`() async throws {
        let query = """
            query IntrospectionQuery { __schema { queryType { name } types { ...T }
              directives { name args { ...I } } } }
            fragment T on __Type { kind name fields(includeDeprecated: true) { name args { ...I } type { ...R } }
              inputFields { ...I } interfaces { ...R } enumValues { name } possibleTypes { ...R } }
            fragment I on __InputValue { name type { ...R } defaultValue }
            fragment R on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
              ofType { kind name ofType { kind name ofType { kind name } } } } } } } }
            """
        #expect(try await Kitchen.answer(query).hasPrefix(#"{"data":{"__schema":"#))
        var limits = GraphQLLimits()
        limits.introspection = false
        let closed = try await Kitchen.answer(query, engine: Kitchen.engine(limits))
        #expect(
            closed.contains("introspection has been disabled") || closed.contains("introspection is not allowed"),
            "\(closed)")
    }
}
