import Foundation
import Threading

/// Answers requests with graphql-js, on some threads of its own. V8 starts with the first request.
package final class GraphQLEngine: Sendable {
    private let desks: [GraphQLDesk]
    private let watchman: Watchman

    package init(_ setup: GraphQLSetup, threads: Int = ProcessInfo.processInfo.activeProcessorCount) {
        let desks = (0..<max(1, threads)).map { _ in GraphQLDesk(setup) }
        self.desks = desks
        watchman = Watchman("graphql watch", tickMilliseconds: 20) {
            desks.reduce(false) { isBusy, desk in desk.look() || isBusy }
        }
    }

    deinit { watchman.dismiss() }

    package func answer(_ request: GraphQLRequest, _ resolver: any GraphQLResolving) async -> GraphQLAnswer {
        watchman.call()
        return await quietest.answer(request, resolver)
    }

    /// The places of the root fields that a request is going to ask for; nil when it cannot be run.
    package func rootFields(of request: GraphQLRequest) async -> [Int]? {
        try? await quietest.rootFields(of: request)
    }

    private var quietest: GraphQLDesk { desks.min { $0.load < $1.load } ?? desks[0] }
}
