"""miltertest(8), a mailer's side that others have written, runs the scripts
of this folder."""
import glob
import os
import subprocess

import pytest

HERE = os.path.dirname(os.path.abspath(__file__))
SETTINGS = """\
inbound = { bounces = [ "@bounces.example.com" ]; };
streams = (
    { name = "holding"; sender = [ "hold@example.com" ];
      action = "hold"; },
    { name = "bulk"; sender = [ "bulk@example.com" ];
      header = [ "X-Stream: bulk" ]; }
);
"""
SCRIPTS = sorted(name for name in map(os.path.basename,
                                      glob.glob(f"{HERE}/*.lua"))
                 if name != "lib.lua")


@pytest.mark.parametrize("script", SCRIPTS)
def test_script(daemon, listed, fresh, script):
    text = ""
    for name in ("lib.lua", script):
        with open(f"{HERE}/{name}", encoding="utf-8") as f:
            text += f.read()
    done = subprocess.run(
        ["miltertest", "-D", f"socket=unix:{daemon.socket}",
         "-D", f"listed={listed()}", "-D", f"other={fresh()}"],
        input=text, capture_output=True, encoding="utf-8", timeout=60,
        check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
