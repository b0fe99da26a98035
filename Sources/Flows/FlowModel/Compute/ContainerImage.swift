/// Names of images, as decorators and settings have them.
enum ContainerImage {
    /// - Parameters:
    ///   - named: what the step asks for.
    ///   - usual: what the settings say.
    ///   - registry: stands before images that name none.
    ///   - python: the version of the launching Python, `3.11.7`: without an image anywhere the official one of its series is taken.
    static func name(_ named: String?, usual: String?, registry: String?, python: String) -> String {
        let series = python.split(separator: ".").prefix(2).joined(separator: ".")
        let image = named.flatMap { $0.isEmpty ? nil : $0 } ?? usual ?? "python:\(series)"
        guard var registry, !namesRegistry(image) else { return image }
        while registry.hasSuffix("/") { registry.removeLast() }
        return registry.isEmpty ? image : "\(registry)/\(image)"
    }

    /// What stands before the first slash is a registry if it can be the name of a host.
    private static func namesRegistry(_ image: String) -> Bool {
        guard let slash = image.firstIndex(of: "/") else { return false }
        let first = image[..<slash]
        return first.contains(".") || first.contains(":") || first == "localhost"
    }
}
