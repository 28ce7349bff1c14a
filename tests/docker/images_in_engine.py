#!/usr/bin/env python3
"""The tests of run_images.py, which starts them in namespaces of their own."""

import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

import engine
from package_in_root import PackageTest
from run_images import ROOT, say

SERVERS = ("chat", "ftp", "http")
PASSWORD = "correct horse"
ADVERTISED = "127.0.0.9"
COMPOSE = ROOT / "docker" / "compose.yaml"


def check_dockerfile():
    """Says what only a registry could serve."""
    text = (ROOT / "docker" / "Dockerfile").read_text(encoding="utf-8")
    if re.search(r"(?im)^#\s*syntax\s*=", text):
        raise RuntimeError("a '# syntax=' line is pulled from a registry")
    known = {"scratch", engine.BASE_IMAGE}
    for image, stage in re.findall(r"(?im)^FROM\s+(?:--\S+\s+)*(\S+)(?:\s+AS\s+(\S+))?", text):
        if image not in known:
            raise RuntimeError(f"FROM {image}: no such image without a registry")
        known.add(stage)


def on_loopback(project, arguments):
    """The project with all its services in one namespace that has a loopback only, where their
    names are known all the same; built with more arguments, and soon found healthy."""
    project.pop("networks", None)
    for service in project["services"].values():
        for key in ("ports", "networks", "expose"):
            service.pop(key, None)
        service["network_mode"] = "service:loopback"
        service["build"]["network"] = "host" # for Debian's packages
        service["build"]["args"].update(arguments)
        service["healthcheck"] = {"interval": "1s"}
    project["services"]["loopback"] = {
        "image": engine.BASE_IMAGE, "command": ["sleep", "infinity"], "init": True,
        "network_mode": "none", "extra_hosts": [f"{name}:127.0.0.1" for name in SERVERS]}
    return project


class Project:
    """compose.yaml in the engine of this test."""

    def __init__(self, folder, group):
        self.folder = folder
        self.engine = engine.Engine(folder, group)
        self.file = folder / "loopback.json"
        self.variables = {"TERN_ADDRESS": ADVERTISED}
        self.arguments = {} # of the builds

    def compose(self, *arguments, file=None, **options):
        environment = {**self.engine.environment, **self.variables}
        return engine.run("docker", "compose", "-f", file or self.file, "--project-directory",
                          COMPOSE.parent, *arguments, env=environment, **options)

    def write(self):
        """Writes the file on the loopback anew, with the variables as they are now."""
        project = json.loads(self.compose("config", "--format", "json", file=COMPOSE))
        self.file.write_text(json.dumps(on_loopback(project, self.arguments), indent=1), encoding="utf-8")

    def serve_objects(self):
        """Where the build in the image finds what has been compiled: a server of our own."""
        if not any((self.folder / "objects").iterdir()):
            return
        program = self.folder / "bin" / "tern-httpd"
        configuration = self.folder / "objects.json"
        configuration.write_text(json.dumps({
            "listeners": [{"name": "objects", "address": "127.0.0.1", "port": 0}],
            "sites": [{"root": str(self.folder / "objects")}]}), encoding="utf-8")
        ports = self.folder / "ports"
        server = subprocess.Popen([program, "--config", configuration, "--port-file", ports],
                                  stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while not ports.exists() and server.poll() is None:
            engine.wait(0.05)
        port = ports.read_text(encoding="utf-8").split()[-1]
        self.arguments = {"CCACHE_REMOTE_STORAGE": f"http://127.0.0.1:{port}|read-only",
                          "LANG": os.environ.get("LANG", "")}

    def begin(self):
        check_dockerfile()
        self.serve_objects()
        say(self.engine.wait_until_up())
        self.engine.import_base(self.folder / "base.tar")
        self.write()
        say("building the images")
        built = self.compose("--progress", "plain", "build", stderr=subprocess.STDOUT,
                             capture_output=False, stdout=subprocess.PIPE)
        (ROOT / "build").mkdir(exist_ok=True)
        (ROOT / "build" / "docker-build.log").write_text(built, encoding="utf-8")
        done = subprocess.run(["docker", "run", "--rm", "-i", "--network=none", "tern-ftp",
                               "hash-password"], input=PASSWORD, env=self.engine.environment,
                              capture_output=True, text=True, check=True, timeout=120)
        self.variables["TERN_DEMO_HASH"] = done.stdout.strip()
        self.write()

    def up(self, **variables):
        self.variables.update(variables)
        self.write()
        self.compose("up", "--detach", "--no-build", "--wait", "--wait-timeout", "120")

    def container(self, service):
        return self.engine.inspect(self.compose("ps", "--all", "--quiet", service).strip())

    def inside(self, *command, **options):
        """A client program, where the servers listen."""
        process = self.container("loopback")["State"]["Pid"]
        return engine.run("nsenter", "--target", process, "--net", *command, **options)


PROJECT = None


class ImagesTest(unittest.TestCase):
    """In alphabetical order: b needs what a has started."""

    def image(self, server):
        return PROJECT.engine.inspect(f"tern-{server}")

    def curl(self, *arguments):
        return PROJECT.inside("curl", "-sSf", "--max-time", "60", *arguments)

    def bundled(self, client, *arguments):
        """A client of our own, as the build has left it."""
        return PROJECT.inside(PROJECT.folder / "bin" / f"tern-{client}", *arguments)

    def told(self, text, *command):
        """What a client hears after it has said `text`, until the answers end."""
        process = PROJECT.container("loopback")["State"]["Pid"]
        done = subprocess.run(["nsenter", "-t", str(process), "-n", *command], input=text,
                              capture_output=True, text=True, check=False, timeout=60)
        return done.stdout

    def test_a_image_holds_a_server_and_little_else(self):
        for server in SERVERS:
            with self.subTest(server=server):
                image = self.image(server)
                self.assertLess(image["Size"], 60_000_000)
                configuration = image["Config"]
                self.assertEqual(configuration["User"], "10001:10001")
                self.assertEqual(configuration["Healthcheck"]["Test"][-1], "--health")
                self.assertEqual(configuration["Labels"]["org.opencontainers.image.title"],
                                 f"tern-{server}")
                with tempfile.TemporaryDirectory(dir=PROJECT.folder) as folder:
                    name = PROJECT.engine.docker("create", f"tern-{server}").strip()
                    file = pathlib.Path(folder) / "image.tar"
                    PROJECT.engine.docker("export", "-o", file, name)
                    PROJECT.engine.docker("rm", name)
                    files = engine.run("tar", "tf", file).splitlines()
                self.assertIn(f"usr/bin/tern-{server}d", files)
                self.assertEqual([path for path in files if re.search(
                    r"(^|/)(sh|bash|apt|dpkg|gcc|g\+\+|cc1plus|perl|python3)$", path)], [])

    def test_a_configuration_from_the_environment(self):
        for server in SERVERS:
            run = ("run", "--rm", "--network=none")
            said = PROJECT.engine.docker(
                *run, "--env", "TERN_SET_concurrency__strategy=poll", f"tern-{server}", "--config",
                f"/etc/tern/{server}.json", "--print-config")
            self.assertEqual(json.loads(said)["concurrency"]["strategy"], "poll")
            with self.assertRaisesRegex(RuntimeError, "exit code 2\n.*TERN_SET_concurrency__str"):
                PROJECT.engine.docker(*run, "--env", "TERN_SET_concurrency__strategy=magic",
                                      f"tern-{server}")

    def test_b_up_until_all_are_healthy(self):
        PROJECT.up()
        for server in SERVERS:
            with self.subTest(server=server):
                container = PROJECT.container(server)
                self.assertEqual(container["State"]["Health"]["Status"], "healthy")
                host = container["HostConfig"]
                self.assertTrue(host["ReadonlyRootfs"])
                self.assertEqual(host["CapDrop"], ["ALL"])
                self.assertEqual(host["Memory"], 512 * 1024 * 1024)
                self.assertEqual(host["PidsLimit"], 2048)
                status = pathlib.Path(f"/proc/{container['State']['Pid']}/status").read_text(
                    encoding="utf-8")
                self.assertRegex(status, r"Uid:\t10001\t10001\t10001\t10001")
                self.assertRegex(status, r"CapEff:\t0+\n")
                self.assertRegex(status, r"NoNewPrivs:\t1\n")
                self.assertRegex(status, r"Seccomp:\t2\n")

    def test_c_http(self):
        self.assertIn("<html", self.curl("http://127.0.0.1:8080/"))
        self.curl("http://127.0.0.1:8080/healthz")
        self.assertIn("<html", self.bundled("http", "GET", "http://127.0.0.1:8080/"))

    def test_c_ftp(self):
        ftp = "ftp://127.0.0.1:2121"
        listing = self.curl(f"{ftp}/")
        self.assertIn("welcome.txt", listing)
        self.assertIn("welcome.txt", self.bundled("ftp", "ls", f"{ftp}/"))
        said = PROJECT.inside("curl", "-sSv", "--max-time", "60", "--disable-epsv",
                              f"{ftp}/welcome.txt", stderr=subprocess.STDOUT,
                              capture_output=False, stdout=subprocess.PIPE)
        self.assertRegex(said, r"227 .*\(127,0,0,9,8[23],\d+\)") # ports 21210 to 21249

    def test_c_ftp_upload_survives_a_new_container(self):
        content = hashlib.sha256(b"upload").digest() * 100_000
        with tempfile.TemporaryDirectory(dir=PROJECT.folder) as folder:
            file = pathlib.Path(folder) / "big.bin"
            file.write_bytes(content)
            url = "ftp://127.0.0.1:2121/big.bin"
            self.curl("--user", f"demo:{PASSWORD}", "-T", file, url)
            PROJECT.compose("down")
            PROJECT.up()
            self.curl("--user", f"demo:{PASSWORD}", "-o", f"{file}.back", url)
            self.assertEqual(pathlib.Path(f"{file}.back").read_bytes(), content)

    def test_c_chat(self):
        self.assertIn("Hello ann", self.told("ann\nhello\n/quit\n", "nc", "-w", "20", "127.0.0.1",
                                             "4000"))
        self.assertRegex(self.told("Hello, may I come in, please?\n", "nc", "-u", "-W", "1", "-w",
                                   "20", "127.0.0.1", "4001"), r"\w{16}")
        self.assertIn("001 ann", self.told("NICK ann\r\nUSER a 0 * a\r\nQUIT\r\n", "nc", "-w",
                                           "20", "127.0.0.1", "6667"))
        self.assertIn("Hello robot", self.told("hello\n", PROJECT.folder / "bin" / "tern-chat",
                                               "127.0.0.1", "--name", "robot"))
        said = PROJECT.compose("exec", "-T", "chat", "/usr/bin/tern-chatd", "--config",
                               "/etc/tern/chat.json", "announce", "tea is ready")
        self.assertNotEqual(said, "")

    def test_d_every_server_under_io_uring_and_in_children(self):
        for strategy in ("io_uring", "fork_per_client"):
            with self.subTest(strategy=strategy):
                PROJECT.up(TERN_STRATEGY=strategy)
                for server in SERVERS:
                    self.assertIn(f"strategy {strategy}",
                                  PROJECT.compose("logs", "--no-color", server))
                self.test_c_http()
                self.test_c_chat()
                self.assertIn("welcome.txt", self.curl("ftp://127.0.0.1:2121/"))

    def test_e_sigterm_stops_gracefully(self):
        PROJECT.compose("stop", *SERVERS)
        for server in SERVERS:
            with self.subTest(server=server):
                self.assertEqual(PROJECT.container(server)["State"]["ExitCode"], 0)
                self.assertIn("stopped", PROJECT.compose("logs", "--no-color", server))
        PROJECT.compose("down", "--volumes")


def main():
    global PROJECT # pylint: disable=global-statement
    folder, group = pathlib.Path(sys.argv[1]), sys.argv[2]
    del sys.argv[1:]
    PROJECT = Project(folder, group)
    PackageTest.folder = folder
    PROJECT.begin()
    say("running them")
    return 0 if unittest.main(exit=False, verbosity=2).result.wasSuccessful() else 1


if __name__ == "__main__":
    os.environ.pop("DOCKER_HOST", None)
    sys.exit(main())
