import Domain

/// An extension in an account, as this worker has come to know it.
package struct ActiveInstall: Equatable, Sendable {
    package let document: ExtensionInstallDocument
    /// How often it was stopped while this worker looked: what was decided before a stop is not done after it, even
    /// when the extension runs again by then.
    package let stops: Int

    init(_ document: ExtensionInstallDocument, after former: ActiveInstall? = nil) {
        self.document = document
        stops = (former?.stops ?? 0) + (document.isOn ? 0 : 1)
    }

    package var id: InstallID { document.installID }
}
