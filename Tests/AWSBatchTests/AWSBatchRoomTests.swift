import AWSBatch
import Testing
