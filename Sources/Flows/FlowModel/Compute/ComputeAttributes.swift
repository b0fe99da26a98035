/// What the decorator of a cluster says: `@slurm`, `@kubernetes` or `@batch`.
struct ComputeAttributes {
    /// The decorators that send a step elsewhere. A step may have one of them.
    static let names: Set<String> = ["slurm", "kubernetes", "batch"]

    let site: DecoratorSite
    let place: ComputeRequest.Place
    /// Without those of `@resources`, and without defaults.
    let resources: ComputeResources
    let image: String?
    let executable: String?

    /// Nothing for any other decorator. What is wrong is told.
    init?(reading site: DecoratorSite, findings: inout [FlowFinding]) {
        switch site.decorator.name {
        case "slurm": place = .slurm(SlurmOptions(reading: site, findings: &findings))
        case "kubernetes": place = .kubernetes(KubernetesOptions(reading: site, findings: &findings))
        case "batch": place = .batch(BatchOptions(reading: site, findings: &findings))
        default: return nil
        }
        self.site = site
        resources = ComputeResources(reading: site, findings: &findings)
        image = Self.text("image", site, &findings)
        executable = Self.text("executable", site, &findings)
    }

    /// An empty text is as good as nothing.
    private static func text(_ attribute: String, _ site: DecoratorSite, _ findings: inout [FlowFinding]) -> String? {
        guard let text = site.text(attribute, &findings), !text.isEmpty else { return nil }
        guard !text.contains(where: { $0.isWhitespace || $0 == "\0" }) else {
            findings.append(site.finding("has \(attribute)='\(text)'", help: "write it without blanks"))
            return nil
        }
        return text
    }
}
