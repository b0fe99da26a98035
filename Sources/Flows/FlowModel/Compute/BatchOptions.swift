/// What `@batch` says besides resources, image and executable: how a task is to run on AWS Batch. What it leaves open, settings
/// decide (`METAFLOW_BATCH_JOB_QUEUE` and others).
package struct BatchOptions: Hashable, Sendable {
    /// A file system in memory.
    package struct MemoryDisk: Hashable, Sendable {
        /// Where it is in the container: an absolute path.
        package var path: String
        /// Megabytes (2^20 bytes); nothing for half of the job's memory.
        package var size: Int64?
        /// Whether temporary files of the task go there.
        package var isForTemporaryFiles: Bool

        package init(path: String = BatchOptions.usualMemoryDisk, size: Int64? = nil, isForTemporaryFiles: Bool = true) {
            self.path = path
            self.size = size
            self.isForTemporaryFiles = isForTemporaryFiles
        }
    }

    /// Something of the outside that is seen in the container.
    package struct Volume: Hashable, Sendable {
        /// A folder of the host, or the id of an EFS file system.
        package var source: String
        /// An absolute path in the container.
        package var path: String

        package init(source: String, path: String) {
            self.source = source
            self.path = path
        }
    }

    package static let usualMemoryDisk = "/metaflow_temp"

    /// The attributes of `@batch` that are read here, as the catalogue lists them; besides `cpu`, `gpu`, `memory`, `shared_memory`,
    /// `image` and `executable`.
    static let attributes = """
        queue iam_role execution_role max_swap swappiness aws_batch_tags inferentia trainium efa host_volumes efs_volumes \
        ephemeral_storage log_driver log_options privileged use_tmpfs tmpfs_tempdir tmpfs_size tmpfs_path secrets
        """

    /// The name or the ARN of a job queue.
    package var queue: String?
    /// The role in which the task speaks to AWS.
    package var jobRole: String?
    /// The role in which Batch fetches images and secrets.
    package var executionRole: String?
    /// Megabytes (2^20 bytes) of swap space; 0 for none.
    package var maxSwap: Int64?
    /// 0 to 100.
    package var swappiness: Int?
    package var tags: [String: String] = [:]
    package var memoryDisk: MemoryDisk?
    /// How many Inferentia or Trainium devices.
    package var neuronDevices = 0
    /// How many Elastic Fabric Adapters.
    package var networkAdapters = 0
    package var hostVolumes: [Volume] = []
    package var sharedVolumes: [Volume] = []
    /// Gigabytes (2^30 bytes) of disk on Fargate, 21 to 200.
    package var ephemeralStorage: Int?
    package var logDriver: String?
    package var logOptions: [String: String] = [:]
    package var isPrivileged = false
    /// Whether flow, run and step go onto jobs as tags, too (a setting).
    package var addsTags = false
    /// Whether tasks on Fargate get an address of the internet, which they need in subnets without a NAT gateway (a setting).
    package var hasPublicAddress = true
    /// Variables whose values Batch fetches from AWS Secrets Manager or the Parameter Store, by name: the ARN of each. An addition
    /// to Metaflow's `@batch`.
    package var secrets: [String: String] = [:]

    package init() {}
}
