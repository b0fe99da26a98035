// ObjectStores: places that keep objects by name, on this machine or behind an interface of the web.
//
// Start at `ObjectStore`, which says what such a place can do. `FolderObjectStore` is a folder, for a disk that several
// machines share and for tests.
// `AWSService` asks other services of AWS, with the signatures and keys that S3 is asked with.
