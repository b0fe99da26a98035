package import Interpreters
package import Lockfiles
package import SystemPackage

/// A package of a lock on an interpreter, with the wheel that an environment is made of.
package struct EnvironmentPart: Sendable {
    package let selection: LockSelection
    /// The wheel that the lock names; `nil` where it names sources.
    package let named: WheelOrder?
    private let orders: LockOrders

    fileprivate init(_ selection: LockSelection, _ orders: LockOrders) {
        self.selection = selection
        self.orders = orders
        named = orders.named(selection)
    }

    /// The wheel; built if it is one of sources that nobody has built yet.
    package func wheel() async throws(EnvironmentError) -> WheelOrder { try await orders.order(for: selection) }
}

extension EnvironmentStore {
    /// What the environment of a lock on an interpreter is made of, in the order of the lock. Fetches and builds nothing.
    ///
    /// - Parameter folder: the folder that paths in the lock are relative to.
    package func parts(
        of lock: PyLock, interpreter: Interpreter, relativeTo folder: FilePath?
    ) throws(EnvironmentError) -> [EnvironmentPart] {
        let orders = orders(of: lock, interpreter: interpreter, relativeTo: folder)
        return try orders.selections().map { EnvironmentPart($0, orders) }
    }
}
