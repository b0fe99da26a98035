"""The tests' own Kubernetes does what the real one's documents say, as far as an executor can see."""

import base64
import http.client
import json
import subprocess
from contextlib import closing

import pytest

from .harness.kubernetes import Cluster, Images, Node, runtimes
from .harness.kubernetes.images import busybox
from .harness.kubernetes.peers import tools_python
from .harness.kubernetes.plain import Plain, is_running, job, terminated, waiting
from .harness.object_servers import cannot
from .harness.processes import wait_until


@pytest.fixture(scope="module")
def images():
    try:
        image = busybox()
    except OSError as error:
        cannot(str(error))
    images = Images()
    images.add("tiny:1", image)
    images.add("registry.example/team/secret:1", image, private=True)
    return images


@pytest.fixture
def cluster(tmp_path, images):
    with Cluster(tmp_path / "cluster", images=images) as cluster:
        yield cluster


@pytest.fixture
def api(cluster):
    return Plain(cluster)


class TestRequests:
    def test_who_asks(self, cluster, api):
        assert Plain(cluster, token="wrong").ask("GET", api.PODS).code == 401
        assert api.ask("GET", api.PODS).code == 200
        assert Plain(cluster, certificate=True).ask("GET", api.PODS).code == 200
        assert Plain(cluster, token="wrong").ask("GET", "/version").json["gitVersion"].startswith("v1.")
        cluster.faults.forbid("create", "jobs")
        refused = api.ask("POST", api.JOBS, job("a", "true")).json
        assert refused["code"] == 403 and refused["reason"] == "Forbidden"
        assert refused["message"] == (
            'jobs.batch is forbidden: User "tester" cannot create resource "jobs" in API group "batch" in the namespace "default"')

    def test_errors_are_status_objects(self, api):
        missing = api.ask("GET", api.JOBS + "/none").json
        assert missing == {
            "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": 'jobs.batch "none" not found',
            "reason": "NotFound", "details": {"name": "none", "group": "batch", "kind": "jobs"}, "code": 404}
        assert api.ask("GET", "/api/v1/widgets").code == 404
        assert api.ask("POST", "/apis/batch/v1/namespaces/none/jobs", job("a", "true")).json["message"] == 'namespaces "none" not found'
        api.create_job(job("a", "true"))
        assert api.ask("POST", api.JOBS, job("a", "true")).json["reason"] == "AlreadyExists"

    @pytest.mark.parametrize("change, field", [
        (lambda j: j["spec"]["template"]["spec"].update(restartPolicy="Always"), "spec.template.spec.restartPolicy"),
        (lambda j: j["spec"].update(completionMode="Indexed"), "spec.completions"),
        (lambda j: j["spec"].update(surprise=1), "spec"),
        (lambda j: j["spec"]["template"]["spec"]["containers"][0].update(env=[{"name": "A", "value": 1}]),
         "spec.template.spec.containers[0].env[0].value"),
        (lambda j: j["spec"]["template"]["spec"]["containers"][0].update(volumeMounts=[{"name": "x", "mountPath": "/x"}]),
         "spec.template.spec.containers[0].volumeMounts[0].name"),
        (lambda j: j["spec"]["template"]["spec"]["containers"][0].update(resources={"limits": {"memory": "4 GB"}}),
         "spec.template.spec.containers[0].resources.limits[memory]"),
        (lambda j: j["metadata"].update(labels={"user": "a b"}), "metadata.labels"),
        (lambda j: j["metadata"].update(name="Upper_Case"), "metadata.name"),
    ])
    def test_malformed_objects_are_refused(self, api, change, field):
        manifest = job("a", "true")
        change(manifest)
        answer = api.ask("POST", api.JOBS, manifest)
        assert answer.code == 422 and answer.json["reason"] == "Invalid", answer.text
        assert field in [cause["field"] for cause in answer.json["details"]["causes"]], answer.text

    def test_lists_by_pages_and_selectors(self, cluster, api):
        for number in range(5):
            labels = {"n": str(number), "even": str(number % 2 == 0)}
            assert api.ask("POST", api.SECRETS, {"metadata": {"name": f"s{number}", "labels": labels}}).code == 201

        def names(answer):
            return [item["metadata"]["name"] for item in answer.json["items"]]

        assert names(api.ask("GET", api.SECRETS, labelSelector="even=True,n!=2")) == ["s0", "s4"]
        assert names(api.ask("GET", api.SECRETS, labelSelector="n in (1, 3),even")) == ["s1", "s3"]
        assert names(api.ask("GET", "/api/v1/secrets", fieldSelector="metadata.name=s3")) == ["s3"]
        assert api.ask("GET", api.SECRETS, fieldSelector="data.x=1").code == 400
        first = api.ask("GET", api.SECRETS, limit=2)
        second = api.ask("GET", api.SECRETS, limit=2, **{"continue": first.json["metadata"]["continue"]})
        assert names(first) + names(second) == ["s0", "s1", "s2", "s3"] and first.json["metadata"]["remainingItemCount"] == 3
        cluster.store.create("secrets", {"metadata": {"name": "late", "namespace": "default"}})
        cluster.store.compact()
        gone = api.ask("GET", api.SECRETS, limit=2, **{"continue": second.json["metadata"]["continue"]})
        assert gone.code == 410 and gone.json["reason"] == "Expired"

    def test_trouble_on_demand(self, cluster, api):
        cluster.faults.next(1, 429, retry_after=7)
        busy = api.ask("GET", api.PODS)
        assert busy.code == 429 and busy.headers["Retry-After"] == "7" and busy.json["details"]["retryAfterSeconds"] == 7
        cluster.faults.next(1, 500, verb="create")
        assert api.ask("GET", api.PODS).code == 200 and api.ask("POST", api.JOBS, job("a", "true")).code == 500
        cluster.faults.next(1, "lost", verb="create")
        with pytest.raises(OSError):
            api.ask("POST", api.JOBS, job("a", "true"))
        assert api.job("a")["metadata"]["name"] == "a"
        cluster.server.stop()
        with pytest.raises(OSError):
            api.ask("GET", api.PODS)
        cluster.server.start()
        assert api.job("a")["metadata"]["name"] == "a"


class TestWatches:
    def test_changes_since_a_list(self, cluster, api):
        version = api.ask("GET", api.SECRETS).json["metadata"]["resourceVersion"]
        labelled = {"metadata": {"name": "s", "labels": {"a": "1"}}}
        api.ask("POST", api.SECRETS, labelled)
        api.ask("PATCH", api.SECRETS + "/s", {"metadata": {"labels": {"b": "2"}}})
        api.ask("PATCH", api.SECRETS + "/s", {"metadata": {"labels": {"a": None}}})
        api.ask("DELETE", api.SECRETS + "/s")
        seen = list(api.watch(api.SECRETS, resourceVersion=version, timeoutSeconds=1))
        assert [type for type, _ in seen] == ["ADDED", "MODIFIED", "MODIFIED", "DELETED"]
        versions = [int(thing["metadata"]["resourceVersion"]) for _, thing in seen]
        assert versions == sorted(set(versions))
        chosen = list(api.watch(api.SECRETS, resourceVersion=version, timeoutSeconds=1, labelSelector="a=1"))
        assert [type for type, _ in chosen] == ["ADDED", "MODIFIED", "DELETED"]
        assert list(api.watch(api.SECRETS, resourceVersion=versions[-1], timeoutSeconds=1)) == []

    def test_too_old(self, cluster, api):
        api.ask("POST", api.SECRETS, {"metadata": {"name": "s"}})
        cluster.store.compact()
        [(type, status)] = api.watch(api.SECRETS, resourceVersion=1)
        assert type == "ERROR" and status["code"] == 410 and status["reason"] == "Expired"
        assert [type for type, _ in api.watch(api.SECRETS, resourceVersion=0, timeoutSeconds=1)] == ["ADDED"]

    def test_bookmarks(self, cluster, api):
        cluster.server.bookmark_every = 0.1
        events = api.watch(api.PODS, allowWatchBookmarks="true", timeoutSeconds=20)
        api.ask("POST", api.SECRETS, {"metadata": {"name": "s"}})
        type, mark = next(events)
        assert type == "BOOKMARK" and mark["kind"] == "Pod" and int(mark["metadata"]["resourceVersion"]) > 0

    def test_dropped(self, cluster, api):
        connection, response = api.open("GET", api.PODS, watch=1)
        wait_until(lambda: cluster.server.watches, 10, "the watch")
        cluster.server.drop()
        with pytest.raises((OSError, http.client.HTTPException)):
            response.read()
        connection.close()


@pytest.mark.parametrize("runtime", ["podman", "bubblewrap"])
class TestContainers:
    """What both runtimes do alike."""

    @pytest.fixture
    def api(self, tmp_path, images, runtime):
        reason = runtimes.missing(runtime)
        if reason:
            pytest.skip(reason)
        with Cluster(tmp_path / "cluster", images=images, runtime=runtime) as cluster:
            yield Plain(cluster)

    def test_a_container_has_what_its_pod_says(self, api, tmp_path):
        api.ask("POST", api.SECRETS, {"metadata": {"name": "keys"}, "stringData": {"TOKEN": "s3cr=t $(NAME)", "file": "in a file"}})
        (tmp_path / "on-node").mkdir()
        container = {
            "workingDir": "/disk", "args": ["ignored", "$(NAME)"], "envFrom": [{"secretRef": {"name": "keys"}, "prefix": "P_"}],
            "env": [
                {"name": "NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
                {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
                {"name": "TOKEN", "valueFrom": {"secretKeyRef": {"name": "keys", "key": "TOKEN"}}},
                {"name": "GREETING", "value": "hello $(NODE) $(NOBODY)\nsecond line"},
                {"name": "CPUS", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu"}}}],
            "resources": {"limits": {"cpu": "1500m", "memory": "64Mi"}},
            "volumeMounts": [
                {"name": "disk", "mountPath": "/disk"}, {"name": "memory", "mountPath": "/memory"},
                {"name": "node", "mountPath": "/node"}, {"name": "claim", "mountPath": "/claim"},
                {"name": "keys", "mountPath": "/keys", "readOnly": True}]}
        volumes = [
            {"name": "disk", "emptyDir": {}}, {"name": "memory", "emptyDir": {"medium": "Memory", "sizeLimit": "1Mi"}},
            {"name": "node", "hostPath": {"path": str(tmp_path / "on-node"), "type": "Directory"}},
            {"name": "claim", "persistentVolumeClaim": {"claimName": "data"}}, {"name": "keys", "secret": {"secretName": "keys"}}]
        wanted = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}
        claim = {"metadata": {"name": "data"}, "spec": wanted}
        assert api.ask("POST", "/api/v1/namespaces/default/persistentvolumeclaims", claim).code == 201
        script = (
            'pwd; echo "$1 $NODE $CPUS"; echo "$GREETING"; echo "$TOKEN|$P_TOKEN"; cat /keys/file; echo; hostname; echo x > /node/left; '
            'echo y > /claim/left; echo z > /tmp/t; head -c 2000000 /dev/zero > /memory/big || echo full; test -w /keys/file && touch /keys/x; '
            'echo said to stderr >&2; echo because > /dev/termination-log; exit 7')
        api.create_job(job("whole", script, container=container, pod={"volumes": volumes}))
        assert api.over("whole") == ("Failed", "BackoffLimitExceeded")
        [pod] = api.pods_of("whole")
        name, node = pod["metadata"]["name"], pod["spec"]["nodeName"]
        lines = api.log(name).splitlines()
        assert lines[:6] == ["/disk", f"{name} {node} 2", f"hello {node} $(NOBODY)", "second line", "s3cr=t $(NAME)|s3cr=t $(NAME)", "in a file"]
        assert lines[6] == name and "full" in lines and "said to stderr" in lines
        assert (tmp_path / "on-node" / "left").read_text() == "x\n"
        ended = terminated(pod)
        assert (ended["exitCode"], ended["reason"], ended["message"]) == (7, "Error", "because\n") and pod["status"]["phase"] == "Failed"

    def test_a_pod_talks_to_the_api(self, tmp_path, images, runtime):
        if runtimes.missing(runtime):
            pytest.skip(runtimes.missing(runtime))
        script = (
            'cd /var/run/secrets/kubernetes.io/serviceaccount; cat namespace; echo; '
            'wget -q -O - --header "Authorization: Bearer $(cat token)" '
            '"http://$KUBERNETES_SERVICE_HOST:$KUBERNETES_SERVICE_PORT/api/v1/namespaces/default/pods/$HOSTNAME"')
        with Cluster(tmp_path / "cluster", images=images, runtime=runtime, tls=False) as cluster:
            api = Plain(cluster)
            api.create_job(job("talks", script))
            assert api.over("talks") == ("Complete", "CompletionsReached")
            [pod] = api.pods_of("talks")
            namespace, told = api.log(pod["metadata"]["name"]).splitlines()
        assert namespace == "default" and json.loads(told)["metadata"]["uid"] == pod["metadata"]["uid"]

    def test_ending_in_time(self, api):
        """A process that hears SIGTERM ends by itself; one that does not is killed after its grace."""
        api.create_job(job("hears", "trap 'echo heard; exit 0' TERM; echo ready; while :; do sleep 0.05; done"))
        api.create_job(job("deaf", "trap '' TERM; echo ready; while :; do sleep 0.05; done", pod={"terminationGracePeriodSeconds": 1}))
        for name in ("hears", "deaf"):
            pod = api.until(name, lambda pod: is_running(pod) and "ready" in api.log(pod["metadata"]["name"]))
            connection, response = api.open("GET", f"{api.PODS}/{pod['metadata']['name']}/log", follow="true")
            api.ask("DELETE", f"{api.JOBS}/{name}", propagationPolicy="Foreground")
            with closing(connection):
                assert ("heard" in response.read().decode()) == (name == "hears")
            wait_until(lambda: api.ask("GET", f"{api.JOBS}/{name}").code == 404 and not api.pods_of(name), 30, "the end of the job")

    def test_too_much_memory(self, api):
        # The shell doubles a text until it is too long.
        script = 'x=0123456789; while :; do x=$x$x; done'
        api.create_job(job("eats", script, container={"resources": {"limits": {"memory": "32Mi"}}}))
        assert api.over("eats") == ("Failed", "BackoffLimitExceeded")
        ended = terminated(api.pods_of("eats")[0])
        assert (ended["reason"], ended["exitCode"]) == ("OOMKilled", 137)

    def test_a_command_that_is_not_there(self, api):
        api.create_job(job("none", "", container={"command": ["/no/such/program"]}))
        api.over("none")
        ended = terminated(api.pods_of("none")[0])
        assert (ended["reason"], ended["exitCode"]) == ("StartError", 128) and "/no/such/program" in ended["message"]


class TestJobs:
    def test_indexed(self, api):
        api.create_job(job(
            "many", "echo $JOB_COMPLETION_INDEX; exit $((JOB_COMPLETION_INDEX == 2))", completionMode="Indexed", completions=5,
            parallelism=3, backoffLimitPerIndex=0, backoffLimit=None, maxFailedIndexes=5))
        assert api.over("many") == ("Failed", "FailedIndexes")
        status = api.job("many")["status"]
        assert (status["completedIndexes"], status["failedIndexes"], status["succeeded"], status["failed"]) == ("0,1,3,4", "2", 4, 1)
        pods = {pod["metadata"]["annotations"]["batch.kubernetes.io/job-completion-index"]: pod for pod in api.pods_of("many")}
        assert sorted(pods) == list("01234") and pods["3"]["spec"]["hostname"] == "many-3"
        assert api.log(pods["3"]["metadata"]["name"]) == "3\n"

    def test_one_failure_ends_all(self, api):
        api.create_job(job(
            "gang", "if test $JOB_COMPLETION_INDEX = 0; then sleep 0.3; exit 3; fi; sleep 100", completionMode="Indexed", completions=2,
            parallelism=2, pod={"terminationGracePeriodSeconds": 0}))
        assert api.over("gang") == ("Failed", "BackoffLimitExceeded")
        assert [terminated(pod)["exitCode"] for pod in api.pods_of("gang")] == [3]

    def test_replacements(self, api, tmp_path):
        volumes = [{"name": "node", "hostPath": {"path": str(tmp_path)}}]
        api.create_job(job(
            "again", "echo x >> /node/tries; test $(wc -l < /node/tries) = 3", backoffLimit=4,
            container={"volumeMounts": [{"name": "node", "mountPath": "/node"}]}, pod={"volumes": volumes}))
        assert api.over("again") == ("Complete", "CompletionsReached") and api.job("again")["status"]["failed"] == 2

    def test_a_policy_for_failures(self, cluster, api):
        policy = {"rules": [
            {"action": "Ignore", "onPodConditions": [{"type": "DisruptionTarget", "status": "True"}]},
            {"action": "FailJob", "onExitCodes": {"containerName": "main", "operator": "In", "values": [42]}}]}
        api.create_job(job("policy", "sleep 0.2; exit 42", backoffLimit=5, podFailurePolicy=policy))
        assert api.over("policy") == ("Failed", "PodFailurePolicy")
        node = {"container": {"volumeMounts": [{"name": "n", "mountPath": "/node"}]},
                "pod": {"volumes": [{"name": "n", "hostPath": {"path": str(cluster.folder)}}]}}
        api.create_job(job("moved", "test -e /node/go || sleep 100", podFailurePolicy=policy, **node))
        pod = api.until("moved", is_running)
        (cluster.folder / "go").touch()
        cluster.evict(pod["metadata"]["name"])
        assert api.over("moved") == ("Complete", "CompletionsReached") and "failed" not in api.job("moved")["status"]

    def test_deadlines(self, api):
        api.create_job(job("late", "sleep 100", activeDeadlineSeconds=1, pod={"terminationGracePeriodSeconds": 0}))
        api.create_job(job("pod-late", "sleep 100", pod={"activeDeadlineSeconds": 1}))
        assert api.over("late") == ("Failed", "DeadlineExceeded") and api.pods_of("late") == []
        assert api.over("pod-late") == ("Failed", "BackoffLimitExceeded")
        assert api.pods_of("pod-late")[0]["status"]["reason"] == "DeadlineExceeded"

    def test_time_to_live_and_suspension(self, api):
        api.create_job(job("short", "true", ttlSecondsAfterFinished=0))
        wait_until(lambda: api.ask("GET", api.JOBS + "/short").code == 404 and not api.pods_of("short"), 30, "the end of the job")
        api.create_job(job("later", "true", suspend=True))
        wait_until(lambda: api.job("later")["status"].get("conditions"), 10, "the condition")
        assert api.job("later")["status"]["conditions"][0]["type"] == "Suspended" and api.pods_of("later") == []
        api.ask("PATCH", api.JOBS + "/later", {"spec": {"suspend": False}})
        assert api.over("later")[0] == "Complete"

    def test_deleting(self, api):
        """By default a job's pods stay; what belongs to a job goes with it."""
        uid = api.create_job(job("one", "sleep 100", pod={"terminationGracePeriodSeconds": 0}))["metadata"]["uid"]
        api.ask("POST", api.SECRETS, {"metadata": {"name": "of-one", "ownerReferences": [
            {"apiVersion": "batch/v1", "kind": "Job", "name": "one", "uid": uid}]}})
        api.until("one", is_running)
        wrong = api.ask("DELETE", api.JOBS + "/one", {"preconditions": {"uid": "other"}})
        assert wrong.code == 409 and wrong.json["reason"] == "Conflict"
        api.ask("DELETE", api.JOBS + "/one")
        assert is_running(api.pods_of("one")[0]) and api.ask("GET", api.SECRETS + "/of-one").json["metadata"]["ownerReferences"] == []
        uid = api.create_job(job("two", "sleep 100", pod={"terminationGracePeriodSeconds": 0}))["metadata"]["uid"]
        api.ask("POST", api.SECRETS, {"metadata": {"name": "of-two", "ownerReferences": [
            {"apiVersion": "batch/v1", "kind": "Job", "name": "two", "uid": uid}]}})
        api.until("two", is_running)
        api.ask("DELETE", api.JOBS + "/two", {"propagationPolicy": "Background"})
        wait_until(lambda: not api.pods_of("two") and api.ask("GET", api.SECRETS + "/of-two").code == 404, 30, "the end of all of it")

    def test_pods_that_may_not_be_made(self, cluster, api):
        api.create_job(job("nobody", "true", pod={"serviceAccountName": "ghost"}))

        def told():
            events = api.ask("GET", "/api/v1/namespaces/default/events", fieldSelector="involvedObject.name=nobody,reason=FailedCreate")
            return [event["message"] for event in events.json["items"]]

        assert 'serviceaccount "ghost" not found' in wait_until(told, 10, "the event")[0]
        assert api.pods_of("nobody") == [] and not api.job("nobody")["status"].get("conditions")


class TestPodsInTrouble:
    def test_images(self, cluster, api):
        api.create_job(job("gone", "true", image="registry.example/no/such:1"))
        api.create_job(job("bad", "true", image="Not A Name"))
        api.create_job(job("private", "true", image="registry.example/team/secret:1", pod={"imagePullSecrets": [{"name": "pull"}]}))
        for reason in ("ErrImagePull", "ImagePullBackOff"):
            pod = api.until("gone", lambda pod: waiting(pod) == reason)
            assert "not found" in json.dumps(pod["status"]["containerStatuses"]) and pod["status"]["phase"] == "Pending"
        api.until("bad", lambda pod: waiting(pod) == "InvalidImageName")
        api.until("private", lambda pod: waiting(pod) == "ImagePullBackOff")
        config = base64.b64encode(b'{"auths": {}}').decode()
        api.ask("POST", api.SECRETS, {
            "metadata": {"name": "pull"}, "type": "kubernetes.io/dockerconfigjson", "data": {".dockerconfigjson": config}})
        assert api.over("private")[0] == "Complete"
        refused = api.ask("GET", f"{api.PODS}/{api.pods_of('gone')[0]['metadata']['name']}/log")
        assert refused.code == 400 and "is waiting to start" in refused.json["message"]
        api.ask("DELETE", api.JOBS + "/gone", propagationPolicy="Background")
        wait_until(lambda: not api.pods_of("gone"), 30, "the end of the pod")

    def test_missing_secrets(self, api):
        reference = {"name": "X", "valueFrom": {"secretKeyRef": {"name": "later", "key": "x"}}}
        api.create_job(job("wants", "echo $X", container={"env": [reference]}))
        pod = api.until("wants", lambda pod: waiting(pod) == "CreateContainerConfigError")
        assert pod["status"]["containerStatuses"][0]["state"]["waiting"]["message"] == 'secret "later" not found'
        api.ask("POST", api.SECRETS, {"metadata": {"name": "later"}, "stringData": {"x": "here"}})
        assert api.over("wants")[0] == "Complete" and api.log(pod["metadata"]["name"]) == "here\n"

    def test_nowhere_to_go(self, tmp_path, images):
        nodes = (Node("small", cpu="2", memory="1Gi"), Node("gpu", gpus=1, labels={"pool": "gpu"}, taints=(
            {"key": "gpu", "value": "yes", "effect": "NoSchedule"},)))
        with Cluster(tmp_path / "cluster", nodes=nodes, images=images) as cluster:
            api = Plain(cluster)
            api.create_job(job("big", "true", container={"resources": {"requests": {"cpu": "3"}}}))

            def scheduled(pod):
                return next((c for c in pod["status"].get("conditions", []) if c["type"] == "PodScheduled"), None)

            pod = api.until("big", scheduled)
            assert (scheduled(pod)["status"], scheduled(pod)["reason"]) == ("False", "Unschedulable")
            assert scheduled(pod)["message"] == "0/2 nodes are available: 1 Insufficient cpu, 1 node(s) had untolerated taint {gpu: yes}."
            toleration = {"key": "gpu", "operator": "Exists", "effect": "NoSchedule"}
            limits = {"resources": {"limits": {"nvidia.com/gpu": "1"}}}
            api.create_job(job("first", "sleep 100", container=limits, pod={
                "tolerations": [toleration], "nodeSelector": {"pool": "gpu"}, "terminationGracePeriodSeconds": 0}))
            assert api.until("first", is_running)["spec"]["nodeName"] == "gpu"
            api.create_job(job("second", "true", container=limits, pod={"tolerations": [toleration]}))
            pod = api.until("second", scheduled)
            assert "Insufficient nvidia.com/gpu" in scheduled(pod)["message"]
            api.ask("DELETE", api.JOBS + "/first", propagationPolicy="Background")
            assert api.over("second")[0] == "Complete"

    def test_disruptions(self, cluster, api):
        def target(pod):
            return next((c["reason"] for c in pod["status"].get("conditions", []) if c["type"] == "DisruptionTarget"), None)

        api.create_job(job("evicted", "sleep 100"))
        name = api.until("evicted", is_running)["metadata"]["name"]
        cluster.evict(name)
        pod = api.until("evicted", lambda pod: pod["status"]["phase"] == "Failed")
        assert pod["status"]["reason"] == "Evicted" and "ephemeral-storage" in pod["status"]["message"]
        assert target(pod) == "TerminationByKubelet" and terminated(pod)["exitCode"] == 137
        for reason, disturb in (
                ("PreemptionByScheduler", lambda name: cluster.preempt(name)),
                ("EvictionByEvictionAPI", lambda name: api.ask("POST", f"{api.PODS}/{name}/eviction", {"metadata": {"name": name}}))):
            kind = reason[:5].lower()
            api.create_job(job(kind, "trap 'exit 143' TERM; echo ready; while :; do sleep 0.05; done"))
            version = api.job(kind)["metadata"]["resourceVersion"]
            name = api.until(kind, lambda pod: is_running(pod) and api.log(pod["metadata"]["name"]))["metadata"]["name"]
            disturb(name)
            assert api.over(kind) == ("Failed", "BackoffLimitExceeded")
            seen = list(api.watch(api.PODS, resourceVersion=version, timeoutSeconds=1, labelSelector=f"job-name={kind}"))
            assert seen[-1][0] == "DELETED" and target(seen[-1][1]) == reason and seen[-1][1]["status"]["phase"] == "Failed"

    def test_a_node_is_lost(self, cluster, api):
        api.create_job(job("lost", "sleep 100"))
        pod = api.until("lost", is_running)
        cluster.lose_node(pod["spec"]["nodeName"])
        pod = api.until("lost", lambda pod: pod["metadata"].get("deletionTimestamp"))
        assert pod["status"]["phase"] == "Running"
        node = api.ask("GET", f"/api/v1/nodes/{pod['spec']['nodeName']}").json
        assert node["status"]["conditions"][0]["status"] == "Unknown"
        cluster.remove_node(pod["spec"]["nodeName"])
        assert api.over("lost") == ("Failed", "BackoffLimitExceeded")

    def test_names_of_pods(self, api, tmp_path):
        service = {"metadata": {"name": "gang"}, "spec": {
            "clusterIP": "None", "selector": {"job-name": "gang"}, "publishNotReadyAddresses": True}}
        assert api.ask("POST", "/api/v1/namespaces/default/services", service).code == 201
        script = (
            "hostname; for i in 0 1; do until grep -q gang-$i.gang.default.svc /etc/hosts; do sleep 0.05; done; done; "
            "grep gang-0.gang /etc/hosts | head -1 | cut -d' ' -f1; touch /met/$(hostname); "
            "until test -e /met/gang-0 -a -e /met/gang-1; do sleep 0.05; done")
        met = {"container": {"volumeMounts": [{"name": "met", "mountPath": "/met"}]},
               "pod": {"subdomain": "gang", "volumes": [{"name": "met", "hostPath": {"path": str(tmp_path)}}]}}
        api.create_job(job("gang", script, completionMode="Indexed", completions=2, parallelism=2, **met))
        assert api.over("gang")[0] == "Complete"
        said = sorted(api.log(pod["metadata"]["name"]).split() for pod in api.pods_of("gang"))
        assert [words[0] for words in said] == ["gang-0", "gang-1"] and said[0][1] == said[1][1]


def test_the_official_client_agrees(cluster):
    """Amounts, times and states that it checks itself; what it could not read would be an error."""
    script = r"""
import sys, time
from kubernetes import client, config, watch
config.load_kube_config(sys.argv[1])
jobs, core = client.BatchV1Api(), client.CoreV1Api()
assert client.VersionApi().get_code().major == "1"
assert [n.metadata.name for n in core.list_node().items] == ["node-a", "node-b"]
manifest = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"generateName": "official-"}, "spec": {
    "completions": 3, "parallelism": 3, "completionMode": "Indexed", "backoffLimit": 0, "template": {"spec": {
    "restartPolicy": "Never", "containers": [{"name": "main", "image": "tiny:1", "command": ["sh", "-c", "echo $JOB_COMPLETION_INDEX"],
    "resources": {"limits": {"memory": "64Mi", "cpu": "500m"}}}]}}}}
name = jobs.create_namespaced_job("default", manifest).metadata.name
for event in watch.Watch().stream(jobs.list_namespaced_job, "default", timeout_seconds=60):
    if any(c.type in ("Complete", "Failed") for c in event["object"].status.conditions or []):
        break
pods = core.list_namespaced_pod("default", label_selector="job-name=" + name).items
def told(pod):
    return pod.status.phase, pod.status.container_statuses[0].state.terminated.reason, core.read_namespaced_pod_log(pod.metadata.name, "default")
print(sorted(told(pod) for pod in pods))
jobs.delete_namespaced_job(name, "default", propagation_policy="Foreground")
while core.list_namespaced_pod("default").items:
    time.sleep(0.05)
try:
    jobs.read_namespaced_job(name, "default")
except client.ApiException as error:
    print(error.status)
print(len(core.list_namespaced_event("default").items) > 0)
"""
    outcome = subprocess.run([str(tools_python()), "-c", script, str(cluster.kubeconfig)], capture_output=True, text=True, timeout=120)
    assert outcome.returncode == 0, outcome.stderr
    assert outcome.stdout.splitlines()[0] == str([("Succeeded", "Completed", f"{n}\n") for n in range(3)])
    assert outcome.stdout.splitlines()[2] == "True"
