"""What a client says of all runs, as JSON into a file: run by Metaflow's Python and by ours, the reports have to be equal."""

import json
import sys


def moment(value):
    return None if value is None else value.isoformat()


def shown(value):
    return repr(value)[:200]


def told(ask):
    """What is said, or the name of the exception."""
    try:
        return ask()
    except Exception as error:  # noqa: BLE001
        return type(error).__name__


def code_of(thing):
    code = thing.code
    return code and [code.script_name, len(code.flowspec), sorted(code.tarball.getnames()), sorted(code.info)]


def is_clone(task):
    return "origin-task-id" in task.metadata_dict


def about_task(task, cards):
    facts = [[fact.name, fact.value, fact.type] for fact in task.metadata]
    return {
        "created": moment(task.created_at), "finished_at": moment(task.finished_at), "finished": task.finished,
        "successful": task.successful, "index": task.index, "attempt": task.current_attempt,
        "origin": told(lambda: task.origin_pathspec), "runtime": task.runtime_name,
        "exception": told(lambda: task.exception and [task.exception.type, task.exception.exception, task.exception.stacktrace]),
        "stdout": task.stdout, "stderr": task.stderr,
        "lines": [[moment(at), line] for at, line in task.loglines("stdout")],
        "metadata": sorted(facts, key=repr), "metadata_dict": task.metadata_dict,
        "artifacts": sorted(artifact.id for artifact in task),
        # Metaflow does not find those of a clone in a foreach, and none where a step was not reached.
        "parents": None if is_clone(task) else told(lambda: sorted(task.parent_task_pathspecs)),
        "children": None if is_clone(task) else told(lambda: sorted(task.child_task_pathspecs)),
        "has": ["colour" in task.data, "nothing" in task.data, "_graph_info" in task],
        "cards": told(lambda: [[card.type, card.id, card.hash, len(card.get())] for card in cards(task)]),
    }


def about_attempt(task):
    return {
        "finished": task.finished, "successful": task.successful, "finished_at": moment(task.finished_at),
        "stdout": task.stdout, "artifacts": sorted(artifact.id for artifact in task),
        "metadata": sorted([fact.name, str(fact.value)] for fact in task.metadata),
        "exception": task.exception and task.exception.type,
    }


def about_run(run):
    return {
        "created": moment(run.created_at), "finished_at": moment(run.finished_at), "finished": run.finished,
        "successful": run.successful, "tags": sorted(run.tags), "user_tags": sorted(run.user_tags),
        "system_tags": sorted(run.system_tags), "steps": sorted(step.id for step in run),
        "end_task": told(lambda: run.end_task and run.end_task.pathspec), "code": told(lambda: code_of(run)),
        "data": told(lambda: run.data is not None),
    }


def about_step(step):
    return {
        "created": moment(step.created_at), "finished_at": moment(step.finished_at), "tasks": sorted(task.id for task in step),
        "parents": sorted(each.id for each in step.parent_steps),
        "control": told(lambda: step.control_task and step.control_task.pathspec),
    }


def report():
    from metaflow import Metaflow, Task, cards, namespace

    namespace(None)
    found = {}
    for flow in Metaflow():
        found[flow.pathspec] = {
            "created": moment(flow.created_at), "runs": [run.id for run in flow], "latest": flow.latest_run.id,
            "successful": told(lambda: flow.latest_successful_run.id), "tagged": [run.id for run in flow.runs("first")]}
        for run in flow:
            found[run.pathspec] = about_run(run)
            for step in run:
                found[step.pathspec] = about_step(step)
                for task in step:
                    found[task.pathspec] = about_task(task, cards.get_cards)
                    for artifact in task:
                        found[artifact.pathspec] = {
                            "sha": artifact.sha, "size": artifact.size, "created": moment(artifact.created_at),
                            "data": told(lambda: shown(artifact.data))}
                    for number in range(task.current_attempt + 1):
                        found["%s, attempt %d" % (task.pathspec, number)] = about_attempt(Task(task.pathspec, attempt=number))
    return found


with open(sys.argv[1], "w") as file:
    json.dump(report(), file, indent=1, sort_keys=True)
