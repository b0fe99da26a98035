import Slurm
import Testing
