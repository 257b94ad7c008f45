import Foundation
import GraphQL
import Synchronization

/// A small schema with a host that answers as its fields are called.
enum Kitchen {
    static let schema = """
        directive @value(is: String!) on ENUM_VALUE
        scalar JSON
        enum State { NO_CONNECTION, CHAT_SEND @value(is: "chat:send") }
        input Spice { hotLevel: Int, moreSpices: [Spice!] }
        interface Changed { changed: Boolean! }
        type Dish { dishId: ID!, state: State, settings: JSON, kind: String }
        type DishPage { dishes: [Dish!]!, page: Int! }
        type DishPayload implements Changed { dish: Dish, changed: Boolean! }
        type Query {
          echo(someText: String, state: State, spice: Spice, free: JSON, name: String): JSON
          dish: Dish
          dishes(perPage: Int = 2): DishPage
          soups: [Dish!]
          refused: Dish
          late(milliseconds: Int!): JSON
          never: JSON
          broken: Dish!
        }
        type Mutation { cook(name: String!): DishPayload, burn: DishPayload }
        """

    static let fields = [
        GraphQLField("echo", renames: ["name": "dish_name"]), GraphQLField("dish"),
        GraphQLField("dishes", as: "dishes", rows: 25), GraphQLField("soups", only: "soup", rows: 25),
        GraphQLField("refused"), GraphQLField("late"), GraphQLField("never"), GraphQLField("broken"),
        GraphQLField("cook", as: "dish"), GraphQLField("burn", as: "dish"),
    ]

    static func engine(_ limits: GraphQLLimits = GraphQLLimits(), threads: Int = 1) throws -> GraphQLEngine {
        GraphQLEngine(
            GraphQLSetup(schema: schema, fields: fields, limits: limits, library: try GraphQLLibrary()),
            threads: threads)
    }

    static let shared = Result { try engine() }

    /// - Returns: the answer's JSON, or the name of the failure.
    static func answer(
        _ query: String, operation: String? = nil, variables: String? = nil, readsOnly: Bool = false,
        engine: GraphQLEngine? = nil, cook: Cook = Cook()
    ) async throws -> String {
        let request = GraphQLRequest(
            query: query, operationName: operation, variables: variables.map { Array($0.utf8) }, readsOnly: readsOnly,
            correlationID: "c-1")
        switch await (try engine ?? shared.get()).answer(request, cook) {
        case .executed(let json, _): return String(decoding: json, as: UTF8.self)
        case .refused(let json): return "refused " + String(decoding: json, as: UTF8.self)
        case .failed(let failure): return "failed \(failure)"
        }
    }
}

/// Answers for the fields, and remembers what it was asked, in order.
final class Cook: GraphQLResolving {
    private let asked = Mutex<[String]>([])
    var orders: [String] { asked.withLock { $0 } }

    func resolve(_ field: Int, _ arguments: [UInt8]) async -> [UInt8] {
        let name = Kitchen.fields[field].name, text = String(decoding: arguments, as: UTF8.self)
        asked.withLock { $0.append("\(name) \(text)") }
        return Array(await answer(name, text).utf8)
    }

    private func answer(_ name: String, _ arguments: String) async -> String {
        let dish = #"{"dish_id":"d1","state":"no_connection","settings":{"a_b":[1]},"kind":"soup"}"#
        switch name {
        case "echo": return #"{"data":\#(arguments)}"#
        case "dish": return #"{"data":\#(dish)}"#
        case "dishes": return #"{"data":[\#(dish)],"meta":{"page":3}}"#
        case "soups": return #"{"data":[\#(dish),{"dish_id":"d2","kind":"cake"}]}"#
        case "cook": return #"{"data":\#(dish),"meta":{"changed":true}}"#
        case "late":
            try? await Task.sleep(for: .milliseconds(Int(arguments.filter(\.isNumber)) ?? 0))
            return #"{"data":"at last"}"#
        case "never":
            try? await Task.sleep(for: .seconds(600))
            return #"{"data":null}"#
        case "broken": return #"{"data":{"dish_id":null}}"#
        default:
            return #"""
                {"error":{"code":"plan_required","message":"no","status":403,"correlation_id":"c",
                "details":[{"path":"dish_name.x[0]","code":"c","message":"m"}]}}
                """#
        }
    }
}
