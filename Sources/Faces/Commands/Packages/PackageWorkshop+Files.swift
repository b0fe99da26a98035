import PackageSources
import Resolution
import SystemPackage

extension PackageWorkshop {
    /// Fetches files of requirements at URLs as everything else is fetched: with proxies, certificates, netrc and cache.
    func loader(_ index: IndexOptions) -> RequestReader.Loader {
        { url in
            // Only the file is fetched, so that it does not matter which index there is.
            let configuration = try await IndexConfiguration.discover(options: index, environment: environment) { url }
            let client = PackageIndexClient(configuration: configuration, cache: cache, progress: progress)
            do {
                let file = try await client.fetchArchive(url)
                guard let bytes = try MachineFiles().contents(of: file.path.string) else { throw RequestError.Problem.noFile }
                await client.shutdown()
                return bytes
            } catch {
                await client.shutdown()
                throw error
            }
        }
    }
}
