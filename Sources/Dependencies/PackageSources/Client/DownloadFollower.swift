/// Looks at a file while it is downloaded. Called from threads that may block a little, one call at a time.
package protocol DownloadFollower: Sendable {
    /// The file with this descriptor, which is open for reading as well, is going to hold the download.
    func begin(_ descriptor: Int32)
    /// That many bytes are there, from the beginning. Whether they are the right ones is known when all are there.
    func arrived(_ count: Int64)
    /// What has arrived is thrown away: the server could not continue.
    func startOver()
}
