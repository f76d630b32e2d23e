"""Under any limit of memory or of processes the server serves, or ends by itself with an error that names the limit."""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import checkpoints
import harness


@unittest.skipIf(harness.SANITIZED, "sanitizers reserve more memory than there is")
class Limits(unittest.TestCase):
    def start(self, limit, weights=checkpoints.CNN, enter=()):
        """Starts a server that listens, or gives what it said when it ended."""
        words = [*enter, "prlimit", limit, "--"]
        server = harness.Server(weights=weights, enter=words, listens=False, env={"HOME": "/nonexistent"})
        try:
            server.logged("listening")
        except AssertionError:
            code = server.process.wait(10)
            server.reader.join(10)
            return code, server.other_lines
        with server:
            return None

    def test_memory(self):
        outcomes = {}
        for megabytes in (40, 60, 80, 100, 140, 200, 300):
            with self.subTest(megabytes=megabytes):
                outcome = outcomes[megabytes] = self.start(f"--as={megabytes * 1_000_000}")
                if outcome is not None:
                    code, lines = outcome
                    self.assertEqual(code, 1, lines)
                    self.assertRegex(lines[-1], r"^error: .*ulimit -v")
        self.assertIsNotNone(outcomes[40])
        self.assertIsNone(outcomes[300])

    @unittest.skipUnless(os.geteuid() == 0 and shutil.which("setpriv"), "root becomes another user, whose processes are counted")
    def test_processes(self):
        with tempfile.TemporaryDirectory() as folder:
            os.chmod(folder, 0o755)
            weights = pathlib.Path(shutil.copy(checkpoints.CNN, folder))
            program = pathlib.Path(shutil.copy(harness.BINARY, folder))
            for path, mode in ((weights, 0o644), (program, 0o755)):
                path.chmod(mode)
            user = ["setpriv", "--reuid", "61234", "--regid", "61234", "--clear-groups"]
            for processes in (1, 2, 3, 4, 6):
                with self.subTest(processes=processes):
                    words = [*user, "prlimit", f"--nproc={processes}", "--", program, "--weights", weights, "--port", "0"]
                    run = subprocess.run(words, capture_output=True, text=True, timeout=20, env=harness.environment())
                    self.assertEqual(run.returncode, 1, run.stderr)
                    self.assertRegex(run.stderr, r"^error: .*ulimit -u.*\n$")


if __name__ == "__main__":
    unittest.main()
