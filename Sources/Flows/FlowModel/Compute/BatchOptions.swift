/// What `@batch` says besides resources, image and executable: how a task is to run on AWS Batch.
package struct BatchOptions: Hashable, Sendable {
    package init() {}
}
