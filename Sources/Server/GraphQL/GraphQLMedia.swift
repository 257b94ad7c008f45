import Foundation
import HTTPTypes

/// In which form a request is answered (GraphQL over HTTP, section 6).
enum GraphQLMedia: String, CaseIterable, Sendable {
    /// What clients have taken from the beginning: a request that was understood is answered with 200.
    case json = "application/json"
    /// Says by its status how the request ended.
    case graphql = "application/graphql-response+json"
    /// The page for trying queries; only for a GET.
    case page = "text/html"

    /// What an `Accept` header likes best of what there is; nil: nothing of it.
    init?(accept: String?, among forms: [GraphQLMedia]) {
        guard let accept, !accept.allSatisfy(\.isWhitespace) else {
            self = .json
            return
        }
        let ranges = accept.lowercased().split(separator: ",").map { Range(String($0)) }
        let liked = forms.map { form in (form, ranges.filter { $0.covers(form) }.max { $0.precision < $1.precision }) }
        // The first of those that are liked the same.
        let best = liked.max { ($0.1?.quality ?? 0) < ($1.1?.quality ?? 0) }
        guard let best, let range = best.1, range.quality > 0 else { return nil }
        self = best.0
    }

    var contentType: String { rawValue + "; charset=utf-8" }

    private struct Range {
        let name: String, quality: Double

        init(_ text: String) {
            let parts = text.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
            name = parts.first ?? ""
            quality = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Double($0.dropFirst(2)) } ?? 1
        }

        func covers(_ form: GraphQLMedia) -> Bool {
            name == form.rawValue || name == "*/*"
                || name.hasSuffix("/*") && form.rawValue.hasPrefix(name.dropLast(1))
        }

        /// A name in full counts before one with a star.
        var precision: Int { name == "*/*" ? 0 : name.hasSuffix("/*") ? 1 : 2 }
    }
}
