import Domain
import Text

extension ManifestReader {
    private static let hostsMax = 50, portsMax = 10

    /// Where its requests may go. Only who asks for `network` has any say in it, and has to.
    mutating func egress(_ permissions: [ExtensionPermission]) -> Egress {
        guard permissions.contains(.network) else {
            if object.value("egress") != nil {
                object.fail("egress", "not_allowed", "needs the permission network: ask for it, or leave egress out")
            }
            return .nowhere
        }
        guard let json = object.object("egress") else {
            _ = object.require("egress", object.value("egress"))
            return .nowhere
        }
        var reader = ObjectReader(json, path: object.place("egress"))
        let hosts = Self.hosts(&reader), ports = Self.ports(&reader)
        reader.refuseUnknown()
        object.add(reader.failures)
        return Egress(allowHosts: hosts, allowPorts: ports)
    }

    private static func hosts(_ reader: inout ObjectReader) -> [String] {
        let entries = reader.array("allowHosts", countMax: hostsMax)
        var hosts: [String] = []
        for (index, entry) in (entries ?? []).enumerated() {
            guard let text = entry.string else {
                reader.fail("allowHosts.\(index)", "wrong_type", "must be a string, not \(entry.kindName)")
                continue
            }
            if let objection = objection(toHost: text) {
                reader.fail("allowHosts.\(index)", "invalid_domain", objection)
            } else if !hosts.contains(text.lowercased()) {
                hosts.append(text.lowercased())
            }
        }
        if entries?.isEmpty ?? (reader.value("allowHosts") == nil) {
            reader.fail("allowHosts", "required", "must name the hosts that it asks, as [\"api.example.com\"]")
        }
        return hosts
    }

    private static func objection(toHost text: String) -> String? {
        let isOpen = text.hasPrefix("*.")
        let name = isOpen ? String(text.dropFirst(2)) : text
        guard !name.contains("*"), name.utf8.allSatisfy({ $0 < 0x80 }), let host = HostName(name) else {
            return "must be a host such as api.example.com, or *.example.com for every host one level below"
        }
        if host.isIPv4 || !host.name.contains(".") || !host.hasKnownSuffix {
            return "must be a name in the public DNS: addresses and local names are never asked"
        }
        return isOpen && host.isPublicSuffix ? "would be everybody's hosts: name a domain below \(host)" : nil
    }

    private static func ports(_ reader: inout ObjectReader) -> [Int] {
        var ports: [Int] = []
        for (index, entry) in (reader.array("allowPorts", countMax: portsMax) ?? []).enumerated() {
            guard let port = entry.integer, (1...65_535).contains(port) else {
                reader.fail("allowPorts.\(index)", "out_of_range", "must be a port from 1 to 65535")
                continue
            }
            if !ports.contains(port) { ports.append(port) }
        }
        return ports.isEmpty ? [443] : ports
    }
}
