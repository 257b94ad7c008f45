import Testing

/// Looks again and again until something is so; false when the time is over. What throws is not so yet.
package func eventually(within limit: Duration = .seconds(30), _ isSo: () async throws -> Bool) async -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if (try? await isSo()) == true { return true }
        try? await Task.sleep(for: .milliseconds(10))
    }
    return (try? await isSo()) == true
}

/// Waits until something is so; an issue when it does not come to that.
package func until(
    within limit: Duration = .seconds(30), sourceLocation: SourceLocation = #_sourceLocation,
    _ isSo: () async throws -> Bool
) async {
    if await eventually(within: limit, isSo) { return }
    Issue.record("it did not come to that within \(limit)", sourceLocation: sourceLocation)
}
