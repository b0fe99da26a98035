import Nodes
import Testing
