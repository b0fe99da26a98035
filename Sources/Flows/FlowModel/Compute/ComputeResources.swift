/// What an attempt needs of its machine. Of `@resources` and the cluster's own decorator, the larger one of each counts.
package struct ComputeResources: Hashable, Sendable {
    /// Processors; may be a fraction where the cluster can do that.
    package var cpu: Double?
    /// Megabytes (2^20 bytes).
    package var memory: Int64?
    /// Megabytes (2^20 bytes).
    package var disk: Int64?
    package var gpu: Int?
    /// Megabytes (2^20 bytes) of `/dev/shm`.
    package var sharedMemory: Int64?

    package init(
        cpu: Double? = nil, memory: Int64? = nil, disk: Int64? = nil, gpu: Int? = nil, sharedMemory: Int64? = nil
    ) {
        self.cpu = cpu
        self.memory = memory
        self.disk = disk
        self.gpu = gpu
        self.sharedMemory = sharedMemory
    }
}
