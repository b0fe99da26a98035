extension ComputeResources {
    /// The most that any of them may be; more is a slip of the keyboard.
    private static let most = 1e12

    /// What a decorator asks for: `cpu`, `gpu`, `memory`, `disk`, `shared_memory`, as numbers or texts. What is wrong is told and
    /// left out; an empty text is as good as nothing, and so is no shared memory.
    init(reading site: DecoratorSite, findings: inout [FlowFinding]) {
        let cpu = Self.number("cpu", site, &findings) { $0 > 0 }
        let memory = Self.megabytes("memory", site, &findings)
        let disk = Self.megabytes("disk", site, &findings)
        let shared = Self.number("shared_memory", site, &findings) { $0 >= 0 && $0 == $0.rounded() }
        let gpu = Self.number("gpu", site, &findings) { $0 >= 0 && $0 == $0.rounded() }
        self.init(
            cpu: cpu, memory: memory, disk: disk, gpu: gpu.map { Int($0) },
            sharedMemory: shared.flatMap { $0 > 0 ? Int64($0) : nil })
    }

    /// Parts of a megabyte count as a whole one.
    private static func megabytes(
        _ attribute: String, _ site: DecoratorSite, _ findings: inout [FlowFinding]
    ) -> Int64? {
        number(attribute, site, &findings) { $0 > 0 }.map { Int64($0.rounded(.up)) }
    }

    private static func number(
        _ attribute: String, _ site: DecoratorSite, _ findings: inout [FlowFinding], where isRight: (Double) -> Bool
    ) -> Double? {
        guard let value = site[attribute], value != .string("") else { return nil }
        if let number = value.anyNumber, number <= most, isRight(number) { return number }
        let help =
            switch attribute {
            case "cpu": "use a number of processors that is greater than 0"
            case "gpu": "use a whole number of GPUs"
            case "shared_memory": "use a whole number of megabytes"
            default: "use a number of megabytes that is greater than 0"
            }
        findings.append(site.finding("has \(attribute)=\(value)", help: help))
        return nil
    }

    /// Of each, the larger one; what only one of them asks for counts as it is.
    package func merged(with other: ComputeResources) -> ComputeResources {
        func larger<Amount: Comparable>(_ amount: KeyPath<ComputeResources, Amount?>) -> Amount? {
            [self[keyPath: amount], other[keyPath: amount]].compactMap(\.self).max()
        }
        return ComputeResources(
            cpu: larger(\.cpu), memory: larger(\.memory), disk: larger(\.disk), gpu: larger(\.gpu),
            sharedMemory: larger(\.sharedMemory))
    }

    /// With those of another one where this one asks for nothing.
    package func filled(from other: ComputeResources) -> ComputeResources {
        ComputeResources(
            cpu: cpu ?? other.cpu, memory: memory ?? other.memory, disk: disk ?? other.disk, gpu: gpu ?? other.gpu,
            sharedMemory: sharedMemory ?? other.sharedMemory)
    }
}
