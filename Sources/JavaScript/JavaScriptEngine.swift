import CV8

/// The engine that this program was linked with.
package enum JavaScriptEngine {
    package static var version: String { String(cString: cv8_version()) }
}
