import Kubernetes
import Testing
