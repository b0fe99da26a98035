"""What must not be left behind."""

import stat


def leftovers(project):
    """Temporary files and sockets in the store, the cache and the temporary folder, as paths.

    Lock files stay: their lock is gone with the process, and removing them would be a race.
    """
    found = [str(path) for path in project.temporary.rglob("*") if path.is_file() or path.is_socket()]
    for root in (project.store, project.cache):
        for path in root.rglob("*"):
            mode = path.lstat().st_mode
            if stat.S_ISSOCK(mode) or stat.S_ISFIFO(mode):
                found.append(str(path))
            elif stat.S_ISREG(mode) and (".tmp" in path.name or path.parent.name == "staging"):
                found.append(str(path))
    return found
