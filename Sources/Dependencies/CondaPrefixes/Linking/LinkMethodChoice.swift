import Archives
import Synchronization

/// How files get from the cache into one prefix: found out once, by the first thread that has a file.
final class LinkMethodChoice: Sendable {
    private let method = Mutex<LinkMethod?>(nil)

    /// The method. `trying` leaves a file in the prefix for a moment, and so runs in one thread.
    func made(_ trying: () -> LinkMethod) -> LinkMethod {
        method.withLock { method in
            let chosen = method ?? trying()
            method = chosen
            return chosen
        }
    }
}
