import Digests
import ObjectStores
import Remotes
import SystemPackage

/// The text of a bootstrap script, for any POSIX shell (tried with dash and BusyBox's ash).
struct BootstrapScript {
    private let bootstrap: NodeBootstrap

    init(_ bootstrap: NodeBootstrap) { self.bootstrap = bootstrap }

    /// What is particular to the group.
    var head: String {
        """
        #!/bin/sh
        # Brings the engine of a run of Penstock to this node, and hands over to it.
        datastore=\(quoted(bootstrap.datastore.description))
        orders=\(quoted(bootstrap.orders.text))
        case $(uname -sm) in
        \(bootstrap.engines.map(choice).joined(separator: "\n"))
        *) echo "penstock: there is no engine for this node ($(uname -sm)); the run has: \(platforms)" >&2; exit 94 ;;
        esac
        unset \((bootstrap.engines.map(\.platform).map(NodeBootstrap.variable) + ["PENSTOCK_ENGINE_URL"]).joined(separator: " "))

        """
    }

    private var platforms: String {
        let names = bootstrap.engines.map(\.platform).filter { $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0)) } }
        return names.isEmpty ? "none" : names.joined(separator: ", ")
    }

    private func choice(_ engine: NodeBootstrap.Engine) -> String {
        let from =
            switch engine.source {
            case .file(let path): "file=\(quoted(path.string)) url="
            case .url: "file= url=$\(NodeBootstrap.variable(engine.platform))"
            }
        let root =
            switch bootstrap.datastore {
            case .folder(let path): path.string
            case .s3: ""
            }
        return "\(pattern(engine.platform))) digest=\(engine.digest.hex) size=\(engine.size) root=\(quoted(root)) \(from) ;;"
    }

    /// What `uname -sm` prints on machines of a platform.
    private func pattern(_ platform: String) -> String {
        switch platform {
        case "linux-x86_64": "'Linux x86_64' | 'Linux amd64'"
        case "linux-aarch64": "'Linux aarch64' | 'Linux arm64'"
        case "macos-arm64": "'Darwin arm64'"
        case "macos-x86_64": "'Darwin x86_64'"
        default: quoted(platform)
        }
    }

    private func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }

    /// What does not depend on the run. Exit codes are those of `NodeExit`.
    ///
    /// Correctness does not hang on the lock: everybody fetches into a folder of their own and renames. The lock only spares
    /// fetching the same thing many times; a holder of which nothing is seen for a while is taken for dead.
    static let body = #"""
        draft=
        lock=
        leave() {
          [ -z "$draft" ] || rm -rf "$draft"
          [ -z "$lock" ] || rm -rf "$lock"
        }
        fail() {
          leave
          printf 'penstock: %s\n' "$2" >&2
          exit "$1"
        }
        there() { command -v "$1" >/dev/null 2>&1; }
        digest_of() {
          if there sha256sum; then sha256sum <"$1"
          elif there shasum; then shasum -a 256 <"$1"
          elif there openssl; then openssl dgst -sha256 -r <"$1"
          elif there python3; then
            python3 -c 'import hashlib, sys; print(hashlib.sha256(open(sys.argv[1], "rb").read()).hexdigest())' "$1"
          else return 1
          fi
        }
        # Puts the engine into "$draft/engine", with what there is; the last reason for a failure stands in "$draft/said".
        fetch() {
          : >"$draft/said"
          if [ -n "$file" ]; then
            cp "$file" "$draft/engine" 2>"$draft/said"
            return
          fi
          if there curl && printf 'url = "%s"\n' "$url" | curl --config - -fsSL --connect-timeout 20 --speed-limit 1000 \
            --speed-time 30 -o "$draft/engine" 2>"$draft/said"; then
            return 0
          fi
          if there wget; then
            options=
            if wget --help 2>&1 | grep -q -e --tries; then options=--tries=1; fi
            # A BusyBox that was built without this option (Debian's) crashes when it is given.
            if wget --help 2>&1 | grep -q -e '-T[, ]'; then options="$options -T 30"; fi
            wget -q $options -O "$draft/engine" "$url" 2>"$draft/said" && return 0
            [ -s "$draft/said" ] || echo 'wget did not succeed' >"$draft/said"
          fi
          if there python3 && PENSTOCK_ENGINE_URL="$url" python3 -c '
        import os, shutil, sys, urllib.request
        with urllib.request.urlopen(os.environ["PENSTOCK_ENGINE_URL"], timeout=30) as answer, open(sys.argv[1], "wb") as file:
            shutil.copyfileobj(answer, file, 1 << 20)
        ' "$draft/engine" 2>"$draft/said"; then
            return 0
          fi
          # An address that was made with lent keys ends with them: a container with a role of its own asks as that.
          if [ -n "${AWS_CONTAINER_CREDENTIALS_RELATIVE_URI:-}${AWS_CONTAINER_CREDENTIALS_FULL_URI:-}" ] && there python3 \
            && PENSTOCK_ENGINE_URL="$url" python3 -c '
        import hashlib, hmac, json, os, shutil, sys, time, urllib.parse, urllib.request
        place = os.environ.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
        place = "http://169.254.170.2" + place if place else os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"]
        token = os.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN")
        if os.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"):
            token = open(os.environ["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"]).read().strip()
        ask = urllib.request.Request(place, headers={"Authorization": token} if token else {})
        keys = json.load(urllib.request.urlopen(ask, timeout=10))
        url = urllib.parse.urlsplit(os.environ["PENSTOCK_ENGINE_URL"])
        place = dict(urllib.parse.parse_qsl(url.query))["X-Amz-Credential"].split("/")
        now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        scope = "/".join([now[:8]] + place[2:])
        empty = hashlib.sha256(b"").hexdigest()
        headers = {"host": url.netloc, "x-amz-content-sha256": empty, "x-amz-date": now}
        if keys.get("Token"):
            headers["x-amz-security-token"] = keys["Token"]
        names = sorted(headers)
        lines = ["GET", url.path, ""] + [name + ":" + headers[name] for name in names] + ["", ";".join(names), empty]
        text = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256("\n".join(lines).encode()).hexdigest()])
        key = ("AWS4" + keys["SecretAccessKey"]).encode()
        for part in scope.split("/") + [text]:
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        headers["authorization"] = "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s" % (
            keys["AccessKeyId"], scope, ";".join(names), key.hex())
        request = urllib.request.Request(url._replace(query="").geturl(), headers=headers)
        with urllib.request.urlopen(request, timeout=30) as answer, open(sys.argv[1], "wb") as file:
            shutil.copyfileobj(answer, file, 1 << 20)
        ' "$draft/engine" 2>"$draft/said"; then
            return 0
          fi
          return 1
        }
        reason() { tail -n 1 "$draft/said" 2>/dev/null; }
        # How far the holder of the lock is; another text each time that something has happened.
        progress() {
          holder=
          read -r holder <"$lockname/holder"
          [ -z "$holder" ] || wc -c <"$holder/engine"
          cat "$lockname/round"
        }
        # Ends when the engine is there, when nobody holds the lock, or when its holder does nothing any more.
        await() {
          seen=
          still=0
          round=0
          while [ -d "$lockname" ] && ! [ -x "$engine" ]; do
            round=$((round + 1))
            if [ "$round" -le 20 ] && sleep 0.1 2>/dev/null; then continue; fi
            now=$(progress 2>/dev/null)
            if [ "$now" = "$seen" ]; then still=$((still + 1)); else still=0; fi
            seen=$now
            # One of those who wait takes the lock away; the others see another holder.
            if [ "$still" -ge 15 ]; then
              mv "$lockname" "$draft/dead" 2>/dev/null && return
              still=0
            fi
            [ "$round" -lt 1800 ] || return
            sleep 1
          done
        }
        obtain() {
          (umask 077 && mkdir -p "$cache/engines") 2>/dev/null
          number=0
          until mkdir -m 700 "$cache/draft-$$-$number" 2>/dev/null; do
            number=$((number + 1))
            [ -w "$cache" ] && [ "$number" -lt 200 ] || fail 96 "nothing can be written into $cache; set PENSTOCK_NODE_CACHE to a folder for the node's cache"
          done
          draft=$cache/draft-$$-$number
          lockname=$engine.lock
          if ! mkdir "$lockname" 2>/dev/null; then
            await
            if [ -x "$engine" ]; then leave; draft=; return; fi
            mkdir "$lockname" 2>/dev/null && lock=$lockname
          else
            lock=$lockname
          fi
          [ -z "$lock" ] || echo "$draft" >"$lock/holder"
          # The holder before may have ended well just now.
          if [ -x "$engine" ]; then leave; draft= lock=; return; fi
          if [ -n "$file" ]; then
            [ -d "$root" ] || fail 95 "the datastore $root is not mounted on this node"
          elif ! there curl && ! there wget && ! there python3; then
            fail 91 "the engine cannot be fetched: this node has neither curl, wget nor python3"
          fi
          there sha256sum || there shasum || there openssl || there python3 \
            || fail 97 "the engine cannot be checked: this node has neither sha256sum, shasum, openssl nor python3"
          for pause in 1 2 5 0; do
            [ -z "$lock" ] || echo "$pause" >"$lock/round"
            rm -f "$draft/engine"
            if fetch; then
              found=$(wc -c <"$draft/engine")
              found=$((found))
              if [ "$found" -ne "$size" ]; then
                code=92 said="the engine did not arrive whole: $found of $size bytes"
              else
                found=$(digest_of "$draft/engine")
                found=${found%% *}
                [ "$found" != "$digest" ] || break
                code=93 said="what arrived is not the engine: its SHA-256 is $found, not $digest"
              fi
            else
              code=92 said="the engine could not be fetched: $(reason)"
            fi
            [ "$pause" -ne 0 ] || fail "$code" "$said"
            sleep "$pause"
          done
          chmod 700 "$draft/engine"
          "$draft/engine" --version >/dev/null 2>"$draft/said" \
            || fail 94 "the engine does not run on this node: $(reason) (it lies in $cache; PENSTOCK_NODE_CACHE names another folder)"
          mv -f "$draft/engine" "$engine" 2>"$draft/said" || fail 96 "the engine cannot be put into $cache: $(reason)"
          leave
          draft= lock=
        }

        cache=${PENSTOCK_NODE_CACHE:-}
        if [ -z "$cache" ]; then
          cache=${TMPDIR:-/tmp}/penstock-$(id -u)
          [ ! -L "$cache" ] || fail 96 "the node's cache $cache is a link; set PENSTOCK_NODE_CACHE to a folder of your own"
        fi
        engine=$cache/engines/$digest
        if [ -d "$cache" ] && ! [ -O "$cache" ]; then
          fail 96 "the node's cache $cache belongs to another user; set PENSTOCK_NODE_CACHE to a folder of your own"
        fi
        if ! [ -x "$engine" ]; then
          trap 'leave; exit 129' HUP
          trap 'leave; exit 130' INT
          trap 'leave; exit 143' TERM
          obtain
          trap - HUP INT TERM
        fi
        export PENSTOCK_NODE_CACHE="$cache"
        exec "$engine" node-task --datastore "$datastore" --orders "$orders"

        """#
}
