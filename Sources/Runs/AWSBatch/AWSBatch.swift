// AWSBatch: tasks of a run as jobs of AWS Batch. It answers to `ClusterExecutor` (Clusters).
