"""A terminal with a program in it, as a person would use it: keys go in, the screen is looked at."""

import os
import subprocess

from running_daemon import eventually

KEEP_EXIT_CODE = 'trap : INT; "$@"; echo $? >"$0"'


class Terminal:
    """A tmux server of its own. The screen stays when the program has ended, and says how."""

    def __init__(self, folder, *command, columns=100, lines=30, **environment):
        self.socket = str(folder / f"tmux{id(self)}")
        self.code = folder / f"code{id(self)}"
        variables = {**os.environ, "HOME": str(folder), "LC_ALL": "C.UTF-8", "TZ": "UTC",
                     **environment}
        for name in ("TMUX", "NO_COLOR", "INPUTRC"):
            if name not in environment:
                variables.pop(name, None)
        configuration = folder / "tmux.conf"
        configuration.write_text("set -g remain-on-exit on\nset -g default-terminal screen\n",
                                 encoding="utf-8")
        subprocess.run(["tmux", "-f", str(configuration), "-S", self.socket, "new-session", "-d",
                        "-x", str(columns), "-y", str(lines), "sh", "-c", KEEP_EXIT_CODE, str(self.code),
                        *map(str, command)], check=True, env=variables)

    def run(self, *command):
        return subprocess.run(["tmux", "-S", self.socket, *command], check=False,
                              capture_output=True, text=True).stdout

    def keys(self, *names):
        """Such as Enter, Tab, C-d."""
        self.run("send-keys", *names)

    def write(self, text):
        self.run("send-keys", "-l", text)

    def type(self, line):
        self.write(line)
        self.keys("Enter")

    def screen(self, colours=False):
        return self.run("capture-pane", "-p", *(["-e"] if colours else []))

    def lines(self):
        """Those that are not empty."""
        return [line.rstrip() for line in self.screen().splitlines() if line.strip()]

    def shows(self, condition):
        """Waits for a text, or for a condition about the lines of the screen."""
        def holds():
            return condition in self.screen() if isinstance(condition, str) else condition(
                self.lines())

        try:
            eventually(holds)
        except AssertionError as error:
            raise AssertionError(f"{condition!r} does not hold:\n{self.screen()}") from error

    def cursor(self):
        """Column and line."""
        shown = self.run("display-message", "-p", "#{cursor_x} #{cursor_y}")
        return tuple(map(int, shown.split()))

    def exit_code(self):
        """Waits for the end of the program."""
        def code():
            return self.code.exists() and self.code.read_text(encoding="utf-8").endswith("\n")

        try:
            eventually(code)
        except AssertionError as error:
            raise AssertionError(f"the program does not end:\n{self.screen()}") from error
        return int(self.code.read_text(encoding="utf-8"))

    def end(self):
        """Whatever still runs in it, too: a sanitizer's last look may outlive the hang-up."""
        leader = self.run("display-message", "-p", "#{pane_pid}").strip()
        self.run("kill-server")
        if leader:
            subprocess.run(["pkill", "-KILL", "--session", leader], check=False)
