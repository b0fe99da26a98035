"""Who may ask: a certificate authority of the cluster's own, tokens, and the kubeconfig of a person."""

import base64
import secrets
import ssl
import subprocess

_EXTENSIONS = {
    "ca": "basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n",
    "server": "subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:kubernetes.default.svc\nextendedKeyUsage=serverAuth\n",
    "client": "extendedKeyUsage=clientAuth\n",
}


class Access:
    """Certificates in a folder, made by the command openssl."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir(parents=True)
        self._certificate("ca", "/CN=penstock-tests")
        self._certificate("server", "/CN=kube-apiserver", signer="ca")
        self._certificate("client", "/O=testers/CN=cert-tester", signer="ca")
        self.token = secrets.token_urlsafe(24)
        #: Who is known by which token.
        self.tokens = {self.token: "tester"}

    def path(self, name):
        return self.folder / name

    def _certificate(self, name, subject, signer=None):
        (self.folder / f"{name}.ext").write_text(
            f"[req]\ndistinguished_name=dn\nprompt=no\n[dn]\n[ext]\n{_EXTENSIONS[name]}"
            + ("authorityKeyIdentifier=keyid\nsubjectKeyIdentifier=hash\n" if signer else ""))
        words = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", subject, "-config", f"{name}.ext", "-extensions", "ext", "-keyout", f"{name}.key", "-out", f"{name}.crt"]
        if signer:
            words += ["-CA", f"{signer}.crt", "-CAkey", f"{signer}.key"]
        subprocess.run(words, cwd=self.folder, check=True, capture_output=True, timeout=60)

    def server_context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.path("server.crt"), self.path("server.key"))
        context.load_verify_locations(self.path("ca.crt"))
        context.verify_mode = ssl.CERT_OPTIONAL
        return context

    def new_token(self, user):
        token = secrets.token_urlsafe(24)
        self.tokens[token] = user
        return token

    def user(self, authorization, certificate):
        """The name of whoever asks; None for a stranger."""
        if authorization and authorization.startswith("Bearer "):
            return self.tokens.get(authorization[7:].strip())
        if certificate:
            return dict(pair for part in certificate["subject"] for pair in part).get("commonName")
        return None

    def kubeconfig(self, url, path, user="token", namespace="default", inline=True, token=None, exec_command=None):
        """Write one. `user`: `token`, `certificate`, or `exec` with the words of a plug-in."""
        def data(name, file):
            if inline:
                return f"{name}-data: {base64.b64encode(self.path(file).read_bytes()).decode()}"
            return f"{name}: {self.path(file)}"

        if user == "token":
            lines = [f"token: {token or self.token}"]
        elif user == "certificate":
            lines = [data("client-certificate", "client.crt"), data("client-key", "client.key")]
        else:
            lines = [
                "exec:", "  apiVersion: client.authentication.k8s.io/v1", f"  command: {exec_command[0]}", "  interactiveMode: Never"]
            lines += ["  args:", *(f"  - {word!r}" for word in exec_command[1:])] if exec_command[1:] else []
        authority = [data("certificate-authority", "ca.crt")] if url.startswith("https") else []
        text = [
            "apiVersion: v1", "kind: Config", "current-context: tests", "preferences: {}", "clusters:", "- name: stand-in", "  cluster:",
            f"    server: {url}", *(f"    {line}" for line in authority), "contexts:", "- context:", "    cluster: stand-in",
            f"    namespace: {namespace}", "    user: tester", "  name: tests", "users:", "- name: tester", "  user:",
            *(f"    {line}" for line in lines)]
        path.write_text("\n".join(text) + "\n")
        path.chmod(0o600)
        return path
