extension BatchOptions {
    /// Reads the attributes of `@batch` besides `cpu`, `gpu`, `memory`, `shared_memory`, `image` and `executable`; what is wrong is
    /// told.
    init(reading site: DecoratorSite, findings: inout [FlowFinding]) {
        queue = site.name("queue", &findings)
        jobRole = site.name("iam_role", &findings)
        executionRole = site.name("execution_role", &findings)
        maxSwap = site.whole("max_swap", in: 0...Int(Int32.max), "megabytes", &findings).map(Int64.init)
        swappiness = site.whole("swappiness", in: 0...100, nil, &findings)
        tags = BatchTags.read(site, &findings)
        memoryDisk = Self.memoryDisk(site, &findings)
        neuronDevices = Self.neuronDevices(site, &findings)
        networkAdapters = site.whole("efa", in: 0...64, "adapters", &findings) ?? 0
        hostVolumes = Self.hostVolumes(site, &findings)
        sharedVolumes = Self.sharedVolumes(site, &findings)
        ephemeralStorage = site.whole("ephemeral_storage", in: 21...200, "gigabytes", &findings)
        logDriver = site.name("log_driver", &findings)
        logOptions = Self.logOptions(site, &findings)
        isPrivileged = site.truth("privileged", &findings) ?? false
        secrets = Self.secrets(site, &findings)
        if swappiness != nil, maxSwap == nil {
            findings.append(
                site.finding(
                    "has swappiness=\(swappiness ?? 0) without max_swap, and AWS Batch ignores it then",
                    help: "say how much swap space there is: max_swap=4096", as: .warning))
        }
    }

    /// Asking for a size is asking for the disk.
    private static func memoryDisk(_ site: DecoratorSite, _ findings: inout [FlowFinding]) -> MemoryDisk? {
        let isWanted = site.truth("use_tmpfs", &findings) ?? false
        let isForTemporaryFiles = site.truth("tmpfs_tempdir", &findings) ?? true
        let size = site.whole("tmpfs_size", in: 0...Int(Int32.max), "megabytes", &findings) ?? 0
        let path = site.name("tmpfs_path", &findings) ?? usualMemoryDisk
        if !path.hasPrefix("/") {
            findings.append(site.finding("has tmpfs_path='\(path)'", help: "use an absolute path, as \(usualMemoryDisk)"))
        }
        guard isWanted || size > 0 else { return nil }
        return MemoryDisk(path: path, size: size > 0 ? Int64(size) : nil, isForTemporaryFiles: isForTemporaryFiles)
    }

    /// Both names mean the same devices.
    private static func neuronDevices(_ site: DecoratorSite, _ findings: inout [FlowFinding]) -> Int {
        if site["inferentia"] != nil, site["trainium"] != nil {
            findings.append(
                site.finding("has both inferentia and trainium", help: "keep one of them: they are two names for the same devices"))
        }
        let inferentia = site.whole("inferentia", in: 0...64, "devices", &findings)
        return inferentia ?? site.whole("trainium", in: 0...64, "devices", &findings) ?? 0
    }

    private static func hostVolumes(_ site: DecoratorSite, _ findings: inout [FlowFinding]) -> [Volume] {
        volumes("host_volumes", site, &findings, usual: { $0 }, "use absolute paths: '/data', or '/data:/mnt/data' for another path inside") {
            $0.hasPrefix("/")
        }
    }

    private static func sharedVolumes(_ site: DecoratorSite, _ findings: inout [FlowFinding]) -> [Volume] {
        volumes("efs_volumes", site, &findings, usual: { "/mnt/\($0)" }, "use ids of file systems: 'fs-0123', or 'fs-0123:/data' for another path inside") {
            !$0.isEmpty && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        }
    }

    private static func volumes(
        _ attribute: String, _ site: DecoratorSite, _ findings: inout [FlowFinding], usual: (String) -> String, _ help: String,
        _ isSource: (String) -> Bool
    ) -> [Volume] {
        var volumes: [Volume] = []
        for text in site.texts(attribute, &findings) {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let volume = Volume(source: parts[0], path: parts.count == 2 ? parts[1] : usual(parts[0]))
            if !isSource(volume.source) || !volume.path.hasPrefix("/") {
                findings.append(site.finding("has '\(text)' in \(attribute)", help: help))
            } else if volumes.contains(where: { $0.path == volume.path }) {
                findings.append(
                    site.finding("puts two \(attribute) at \(volume.path)", help: "give each a path of its own, after a ':'"))
            } else {
                volumes.append(volume)
            }
        }
        return volumes
    }

    private static func logOptions(_ site: DecoratorSite, _ findings: inout [FlowFinding]) -> [String: String] {
        var options: [String: String] = [:]
        for text in site.texts("log_options", &findings) {
            guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else {
                findings.append(
                    site.finding("has '\(text)' in log_options", help: "write NAME:VALUE, as 'awslogs-group:/aws/batch/job'"))
                continue
            }
            options[String(text[..<colon])] = String(text[text.index(after: colon)...])
        }
        return options
    }

    private static func secrets(_ site: DecoratorSite, _ findings: inout [FlowFinding]) -> [String: String] {
        guard let value = site["secrets"] else { return [:] }
        let help = "name for each variable the ARN of its secret: {'TOKEN': 'arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME'}"
        guard case .object(let members) = value, !value.isPython else {
            findings.append(site.finding("has secrets=\(value)", help: help))
            return [:]
        }
        var secrets: [String: String] = [:]
        for (name, source) in members.sorted(by: { $0.key < $1.key }) {
            if case .string(let text) = source, isSecret(text), isVariable(name) {
                secrets[name] = text
            } else {
                // What is no ARN may be the secret itself.
                findings.append(site.finding("has something in secrets for '\(name)' that is no ARN of a secret", help: help))
            }
        }
        return secrets
    }

    private static func isSecret(_ text: String) -> Bool {
        let parts = text.split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false)
        return parts.count == 6 && parts[0] == "arn" && ["secretsmanager", "ssm"].contains(parts[2]) && !parts[5].isEmpty
    }

    /// Batch keeps names that begin with `AWS_BATCH` for itself.
    private static func isVariable(_ name: String) -> Bool {
        guard let first = name.first, first.isASCII, first.isLetter || first == "_" else { return false }
        return !name.hasPrefix("AWS_BATCH") && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }
}

extension DecoratorSite {
    /// A text that is not empty; an empty one is as good as nothing.
    fileprivate func name(_ attribute: String, _ findings: inout [FlowFinding]) -> String? {
        text(attribute, &findings).flatMap { $0.isEmpty ? nil : $0 }
    }

    fileprivate func whole(
        _ attribute: String, in range: ClosedRange<Int>, _ unit: String?, _ findings: inout [FlowFinding]
    ) -> Int? {
        guard let value = self[attribute] else { return nil }
        if let number = value.wholeNumber, range.contains(number) { return number }
        let limits =
            range.upperBound >= Int(Int32.max) ? "that is not negative" : "from \(range.lowerBound) to \(range.upperBound)"
        findings.append(
            finding("has \(attribute)=\(value)", help: "use a whole number\(unit.map { " of \($0)" } ?? "") \(limits)"))
        return nil
    }

    /// One text, or a list of them.
    fileprivate func texts(_ attribute: String, _ findings: inout [FlowFinding]) -> [String] {
        guard let value = self[attribute], value != .string("") else { return [] }
        if case .string(let text) = value { return [text] }
        if case .array(let values) = value {
            let texts = values.compactMap { if case .string(let text) = $0, !text.isEmpty { text } else { nil } }
            if texts.count == values.count { return texts }
        }
        findings.append(finding("has \(attribute)=\(value)", help: "use a text or a list of texts"))
        return []
    }
}
