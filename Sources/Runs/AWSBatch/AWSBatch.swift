// AWSBatch: tasks of a run as jobs of AWS Batch. It answers to `ClusterExecutor` (Clusters).
//
// Start at `BatchExecutor`. `Jobs` says what a job and its definition look like, and reads what Batch tells of them; `Client` asks
// Batch and decides what an error means.
