extension SlurmOptions {
    /// The attributes of `@slurm` that are read here; `cpu`, `gpu`, `memory`, `disk` and `executable` are those of every cluster.
    static let attributes = """
        partition account qos time constraint nodelist exclude gres reservation licenses exclusive nice comment mail_user mail_type extra
        """

    /// What is wrong is told, and left out.
    init(reading site: DecoratorSite, findings: inout [FlowFinding]) {
        self.init()
        partition = site.slurmText("partition", isList: true, &findings)
        account = site.slurmText("account", &findings)
        qos = site.slurmText("qos", &findings)
        timeLimit = Self.time(site, &findings)
        constraint = site.slurmText("constraint", &findings)
        nodelist = site.slurmText("nodelist", isList: true, &findings)
        exclude = site.slurmText("exclude", isList: true, &findings)
        gres = site.slurmText("gres", isList: true, &findings)
        reservation = site.slurmText("reservation", isList: true, &findings)
        licenses = site.slurmText("licenses", isList: true, &findings)
        exclusive = Self.exclusive(site, &findings)
        nice = Self.nice(site, &findings)
        comment = site.slurmText("comment", maySpace: true, &findings)
        mailUser = site.slurmText("mail_user", &findings)
        mailType = site.slurmText("mail_type", isList: true, &findings)
        extra = Self.extra(site, &findings)
    }

    private static func time(_ site: DecoratorSite, _ findings: inout [FlowFinding]) -> Duration? {
        guard let value = site["time"] else { return nil }
        let text =
            switch value {
            case .string(let text): text.trimmed
            default: value.wholeNumber.map(String.init) ?? ""
            }
        if let limit = SlurmTime.parse(text) { return limit }
        findings.append(
            site.finding(
                "has time=\(value)", help: "write minutes, as in time=90, or a time as Slurm does: time='1:30:00', time='2-12:00:00'"))
        return nil
    }

    private static func exclusive(_ site: DecoratorSite, _ findings: inout [FlowFinding]) -> Exclusive? {
        guard let value = site["exclusive"] else { return nil }
        if let truth = value.truth { return truth ? .node : nil }
        if case .string(let text) = value, let exclusive = Exclusive(rawValue: text.trimmed), exclusive != .node { return exclusive }
        findings.append(
            site.finding("has exclusive=\(value)", help: "write exclusive=True, exclusive=False, exclusive='user' or exclusive='mcs'"))
        return nil
    }

    private static func nice(_ site: DecoratorSite, _ findings: inout [FlowFinding]) -> Int? {
        guard let value = site["nice"] else { return nil }
        let most = 2_147_483_645
        if let number = value.wholeNumber, (-most...most).contains(number) { return number }
        findings.append(site.finding("has nice=\(value)", help: "use a whole number, at most \(most)"))
        return nil
    }
}

// MARK: Further options

extension SlurmOptions {
    /// Options that Penstock sets, by what a person may write instead; nothing where there is no other way.
    private static let own: [(option: String, attribute: String?)] = [
        ("account", "account"), ("comment", "comment"), ("constraint", "constraint"), ("cpus-per-task", "cpu"), ("exclude", "exclude"),
        ("exclusive", "exclusive"), ("gres", "gres"), ("licenses", "licenses"), ("mail-type", "mail_type"), ("mail-user", "mail_user"),
        ("mem", "memory"), ("nice", "nice"), ("nodelist", "nodelist"), ("partition", "partition"), ("qos", "qos"),
        ("reservation", "reservation"), ("time", "time"), ("tmp", "disk"),
        ("array", nil), ("clusters", nil), ("error", nil), ("export", nil), ("export-file", nil), ("get-user-env", nil), ("help", nil), ("input", nil),
        ("job-name", nil), ("nodes", nil), ("ntasks", nil), ("ntasks-per-node", nil), ("output", nil), ("parsable", nil), ("quiet", nil),
        ("test-only", nil), ("uid", nil), ("usage", nil), ("verbose", nil), ("version", nil), ("wait", nil), ("wrap", nil),
    ]

    private static func extra(_ site: DecoratorSite, _ findings: inout [FlowFinding]) -> [String] {
        let given: [JSONValue] =
            switch site["extra"] {
            case nil: []
            case .array(let values)?: values
            case let value?: [value]
            }
        return given.compactMap { value in
            guard case .string(let text) = value, let name = optionName(text.trimmed) else {
                findings.append(
                    site.finding(
                        "has extra=\(value)", help: "write a list of options of sbatch, each as one text: extra=['--requeue', '--switches=1']"))
                return nil
            }
            // What begins an option's name stands for it, too.
            guard let own = own.first(where: { $0.option == name }) ?? own.first(where: { name.count > 1 && $0.option.hasPrefix(name) }) else {
                return text.trimmed
            }
            findings.append(
                site.finding(
                    "has extra=\(value), an option that Penstock sets",
                    help: own.attribute.map { "write it as \($0)=..." } ?? "remove it"))
            return nil
        }
    }

    /// `switches` of `--switches=1`; `nil` for what is not one long option.
    private static func optionName(_ text: String) -> String? {
        guard text.hasPrefix("--"), !text.unicodeScalars.contains(where: { $0.value < 32 || $0.value == 127 }) else { return nil }
        let name = text.dropFirst(2).prefix { $0 != "=" }
        let isName = !name.isEmpty && name.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || $0 == UInt8(ascii: "-") }
        return isName && !name.hasPrefix("-") ? String(name) : nil
    }
}

extension DecoratorSite {
    /// A text for an option of `sbatch`; anything else is told.
    ///
    /// - Parameters:
    ///   - isList: whether it may be a list of texts, which are joined with commas.
    ///   - maySpace: whether white space may stand in it.
    fileprivate func slurmText(
        _ attribute: String, isList: Bool = false, maySpace: Bool = false, _ findings: inout [FlowFinding]
    ) -> String? {
        guard let value = self[attribute] else { return nil }
        var values = [value]
        if isList, case .array(let members) = value { values = members }
        let texts = values.compactMap { Self.slurmText($0, maySpace: maySpace) }
        if !texts.isEmpty, texts.count == values.count { return texts.joined(separator: ",") }
        findings.append(
            finding(
                "has \(attribute)=\(value)",
                help: "write a text that is not empty, on one line\(maySpace ? "" : ", without spaces") and without a dash in front: \(attribute)='...'"))
        return nil
    }

    private static func slurmText(_ value: JSONValue, maySpace: Bool) -> String? {
        let text: String
        switch value {
        case .string(let given): text = given.trimmed
        case .integer(let number): text = String(number)
        default: return nil
        }
        let isPrintable = text.unicodeScalars.allSatisfy { scalar in
            scalar.value >= 32 && scalar.value != 127 && (maySpace || !scalar.properties.isWhitespace)
        }
        return text.isEmpty || text.hasPrefix("-") || !isPrintable ? nil : text
    }
}
