#!/usr/bin/env python3
"""What curl, lftp and Python's ftplib make of the FTP server: plain, explicit and implicit TLS."""

import ftplib
import hashlib
import io
import ssl
import unittest

from running_daemon import eventually
from running_ftp_server import BIG, PARALLEL, PROGRAM, FtpServer, for_each_strategy
from running_server import PATIENCE_S, content_of, run, strategies

# One of each kind, for tests that take long: curl 7.88 often lets 0.2 s pass before it connects for
# data, where the server has answered EPSV at once.
OF_EACH_KIND = ["epoll", "fork_per_client", "thread_pool"]


class FtpClientsTest(unittest.TestCase):
    def ftplib_round(self, client, server):
        client.login("bob", "secret")
        if isinstance(client, ftplib.FTP_TLS):
            client.prot_p()
        client.mkd("f\u00f6lder")
        client.cwd("f\u00f6lder")
        client.storbinary("STOR big", io.BytesIO(BIG))
        back = hashlib.sha256()
        client.retrbinary("RETR big", back.update)
        self.assertEqual(back.digest(), hashlib.sha256(BIG).digest())
        rest = io.BytesIO()
        client.retrbinary("RETR big", rest.write, rest=2_999_000)
        self.assertEqual(rest.getvalue(), BIG[2_999_000:])
        self.assertEqual(client.size("big"), len(BIG))
        client.storlines("STOR text", io.BytesIO(b"one\ntwo\n"))
        self.assertEqual((server.home / "f\u00f6lder" / "text").read_bytes(), b"one\ntwo\n")
        client.rename("text", "two words")
        self.assertEqual(sorted(name for name, _ in client.mlsd()), ["big", "two words"])
        client.set_pasv(False)
        self.assertEqual(sorted(client.nlst()), ["big", "two words"])
        client.delete("big")
        client.delete("two words")
        client.cwd("..")
        client.rmd("f\u00f6lder")
        client.quit()

    def test_a_server_that_does_not_start_is_no_reason_to_skip_a_test(self):
        for strategy in ("epoll", "io_uring"):
            with self.assertRaisesRegex(RuntimeError, "exit code 2"):
                with FtpServer(strategy, ["listeners.0.address=nowhere"]):
                    pass

    def test_a_certificate_or_key_that_is_of_no_use_is_named(self):
        with FtpServer("epoll") as server:
            for certificate, key, complaint in (
                    ("no.pem", "key.pem", "certificate: found .*/no.pem. .No such file"),
                    ("ftp.json", "key.pem", "certificate: found .*/ftp.json. .no start line"),
                    ("certificate.pem", "no.pem", "key: found .*/no.pem. .No such file"),
                    ("certificate.pem", "ftp.json", "key: found .*/ftp.json. ")):
                for setting in ("tls", "listeners.0.tls"):
                    done = run(PROGRAM, "--config", server.path / "ftp.json", "--check", "--set",
                               f'{setting}={{"certificate": "{certificate}", "key": "{key}"}}',
                               check=False)
                    self.assertEqual(done.returncode, 2, done)
                    place = setting.replace(".", "/")
                    self.assertRegex(done.stderr.decode(),
                                     f"^tern-ftpd: .*: /{place}/{complaint}.*, allowed: a.*\n$")

    def test_ftplib_plain_and_explicit_tls(self):
        def body(server):
            context = ssl.create_default_context(cafile=server.certificate)
            for client in (ftplib.FTP(timeout=PATIENCE_S),
                           ftplib.FTP_TLS(context=context, timeout=PATIENCE_S)):
                client.connect("localhost", server.port["plain"])
                self.ftplib_round(client, server)

        for_each_strategy(self, strategies(), body)

    def test_curl_uploads_resumes_lists_and_renames(self):
        def body(server):
            file = server.path / "file"
            plain, explicit = ("ftp", "plain", ()), ("ftp", "plain", ("--ssl-reqd",))
            ways = [plain]
            if server.strategy in OF_EACH_KIND:
                ways += [explicit, ("ftps", "tls", ())]
            for scheme, name, more in ways:
                def curl(*arguments):
                    return run("curl", "-sS", "--max-time", "100", "--cacert", server.certificate,
                               "-u", "bob:secret", *more, *arguments).stdout
                url = f"{scheme}://localhost:{server.port[name]}/"
                file.write_bytes(BIG)
                curl("-T", str(file), url + "up.bin")
                self.assertEqual((server.home / "up.bin").read_bytes(), BIG)
                self.assertEqual(curl(url + "up.bin"), BIG)
                file.write_bytes(BIG[:1_234_567])
                curl("-C", "-", "-o", str(file), url + "up.bin")
                self.assertEqual(file.read_bytes(), BIG)
                (server.home / "up.bin").write_bytes(BIG[:2_000_000])
                curl("-C", "-", "-T", str(file), url + "up.bin")
                self.assertEqual((server.home / "up.bin").read_bytes(), BIG)
                self.assertIn(b" up.bin\n", curl(url).replace(b"\r", b""))
                curl("-Q", "RNFR up.bin", "-Q", "RNTO other.bin", "-o", "/dev/null", url)
                self.assertEqual(curl("-l", url).split(), [b"other.bin"])
                curl("-Q", "DELE other.bin", "-o", "/dev/null", url)

        for_each_strategy(self, strategies(), body)

    def test_lftp_compresses_and_lists_by_patterns(self):
        def body(server):
            file = server.path / "file"
            file.write_bytes(BIG)
            (server.home / "one").mkdir()
            (server.home / "one" / "a.txt").write_bytes(b"a")
            (server.home / "two").mkdir()
            (server.home / "two" / "b.txt").write_bytes(b"b")
            said = run("lftp", "-u", "bob,secret", "-e",
                       "set ftp:use-mode-z true; set ftp:mode-z-level 9; set cmd:fail-exit true; "
                       f"set ftp:ssl-allow false; put {file} -o up.bin; "
                       f"get up.bin -o {server.path}/back; glob echo */*.txt; quote HASH up.bin; "
                       f"mget -O {server.path} */*.txt; bye",
                       f"ftp://localhost:{server.port['plain']}").stdout.decode()
            self.assertEqual((server.home / "up.bin").read_bytes(), BIG)
            self.assertEqual((server.path / "back").read_bytes(), BIG)
            self.assertEqual((server.path / "a.txt").read_bytes(), b"a")
            self.assertEqual((server.path / "b.txt").read_bytes(), b"b")
            self.assertIn("one/a.txt two/b.txt", said)
            self.assertIn(f"213 SHA-256 0-{len(BIG) - 1} {hashlib.sha256(BIG).hexdigest()} up.bin",
                          said)

        for_each_strategy(self, strategies(), body)

    def test_clients_resume_tls_sessions_where_that_is_required(self):
        def body(server):
            file, back = server.path / "file", server.path / "back"
            file.write_bytes(BIG)
            for scheme, name, more in (("ftp", "plain", ("--ssl-reqd",)),
                                       ("ftp", "plain", ("--ssl-reqd", "--tls-max", "1.2")),
                                       ("ftps", "tls", ())):
                url = f"{scheme}://localhost:{server.port[name]}/"
                curl = ("curl", "-sS", "--max-time", "100", "--cacert", server.certificate, "-u",
                        "bob:secret", *more)
                run(*curl, "-T", str(file), url + "one", "-T", str(file), url + "other")
                run(*curl, "-o", str(back), url + "one", "-o", str(back), url + "other")
                self.assertEqual(back.read_bytes(), BIG)
                back.unlink()
                run("lftp", "-u", "bob,secret", "-e",
                    f"set ssl:ca-file {server.certificate}; set ftp:ssl-force true; "
                    f"set ftp:ssl-protect-data true; set cmd:fail-exit true; set net:max-retries 2;"
                    f"put {file} -o three; ls; ls; get three -o {back}; bye", url)
                self.assertEqual(back.read_bytes(), BIG)
                back.unlink()
            context = ssl.create_default_context(cafile=server.certificate)
            with ftplib.FTP_TLS(context=context, timeout=PATIENCE_S) as client:  # knows no resuming
                client.connect("localhost", server.port["plain"])
                client.login("bob", "secret")
                client.prot_p()
                # Its own end of the data connection may fail before it hears 522.
                with self.assertRaises((ftplib.error_perm, ssl.SSLError)):
                    client.nlst()
            log = server.path / "transfers.log"
            eventually(lambda: log.read_text(encoding="utf-8").count("\n") >= 18)
            lines = log.read_text(encoding="utf-8").splitlines()
            self.assertEqual(len(lines), 18)
            self.assertIn(" 3000000 /one b _ i r bob ftp 0 * c", lines[0])

        for_each_strategy(self, OF_EACH_KIND, body,
                          ["session_reuse=require", "transfer_log.file=transfers.log"])

    def test_clients_go_on_in_plain_text_after_ccc(self):
        def body(server):
            file, back = server.path / "file", server.path / "back"
            file.write_bytes(BIG)
            url = f"ftp://localhost:{server.port['plain']}/"
            for mode in ("passive", "active"):
                for version in ("1.2", "1.3"):
                    curl = ("curl", "-sS", "--max-time", "100", "--cacert", server.certificate,
                            "-u", "bob:secret", "--ssl-reqd", "--tls-max", version,
                            "--ftp-ssl-ccc", "--ftp-ssl-ccc-mode", mode)
                    run(*curl, "-T", str(file), url + mode)
                    self.assertEqual(run(*curl, url + mode).stdout, BIG)
            run("lftp", "-u", "bob,secret", "-e",
                f"set ssl:ca-file {server.certificate}; set ftp:ssl-force true; "
                "set ftp:ssl-protect-data true; set ftp:ssl-use-ccc true; set cmd:fail-exit true; "
                f"set net:max-retries 2; put {file} -o third; ls; get third -o {back}; bye", url)
            self.assertEqual(back.read_bytes(), BIG)
            back.unlink()
            self.assertEqual(sorted(one.name for one in server.home.iterdir()),
                             ["active", "passive", "third"])

        for_each_strategy(self, strategies(), body, ["allow_clear_control=true"])

    def test_lftp_mirrors_both_ways_in_parallel(self):
        def body(server):
            tree, back = server.path / "tree", server.path / "back"
            for name in ("a b.txt", "sub/c.bin", "sub/deep/d.bin", "e.bin"):
                (tree / name).parent.mkdir(parents=True, exist_ok=True)
                (tree / name).write_bytes(content_of(len(name) * 50_000))
            for url, force in ((f"ftp://localhost:{server.port['plain']}", "false"),
                               (f"ftp://localhost:{server.port['plain']}", "true"),
                               (f"ftps://localhost:{server.port['tls']}", "true")):
                run("lftp", "-u", "bob,secret", "-e",
                    f"set ssl:ca-file {server.certificate}; set ftp:ssl-force {force}; "
                    f"set ftp:ssl-allow {force}; set cmd:fail-exit true; set net:max-retries 3; "
                    f"mirror -R --parallel=3 {tree} tree; mirror --parallel=3 tree {back}; "
                    f"pget -n 3 tree/e.bin -o {back}/again; rm -r tree; bye", url)
                for file in tree.rglob("*.*"):
                    self.assertEqual((back / file.relative_to(tree)).read_bytes(),
                                     file.read_bytes())
                self.assertEqual((back / "again").read_bytes(), (tree / "e.bin").read_bytes())
                self.assertEqual(list(server.home.iterdir()), [])
                run("rm", "-r", str(back))

        for_each_strategy(self, PARALLEL, body, ["session_reuse=warn"])

    def test_curl_downloads_in_parallel_where_resumption_is_looked_at(self):
        def body(server):
            for count in range(8):
                (server.home / f"{count}").write_bytes(BIG[count:])
            for scheme, name, more in (("ftp", "plain", ("--ssl-reqd",)), ("ftps", "tls", ())):
                url = f"{scheme}://localhost:{server.port[name]}/"
                run("curl", "-sS", "-Z", "--max-time", "100", "--cacert", server.certificate, "-u",
                    "bob:secret", *more, "-o", f"{server.path}/back#1", url + "[0-7]")
                for count in range(8):
                    back = server.path / f"back{count}"
                    self.assertEqual(back.read_bytes(), BIG[count:])
                    back.unlink()

        for_each_strategy(self, OF_EACH_KIND, body, ["session_reuse=warn"])


if __name__ == "__main__":
    unittest.main()
