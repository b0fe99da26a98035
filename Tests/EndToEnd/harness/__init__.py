"""What the end-to-end tests stand on: projects, a loopback package index, processes, executables."""
