import Testing

/// Waits until something is so, for ten seconds at most.
func eventually(_ sourceLocation: SourceLocation = #_sourceLocation, _ isSo: () -> Bool) async {
    for _ in 0..<1000 {
        if isSo() { return }
        try? await Task.sleep(for: .milliseconds(10))
    }
    #expect(isSo(), sourceLocation: sourceLocation)
}
