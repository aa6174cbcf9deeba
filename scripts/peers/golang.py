"""A Go library as a customer: fetched from the Go module proxy, where that has it."""
import os
import shutil
import subprocess
from pathlib import Path

from .missing import Missing

LIBRARY = "github.com/linxGNU/gosmpp@v0.3.1"


def customer(stand, messages):
    """Says why it is skipped: no Go, or a proxy that does not give the library out. The program that would use it is to be written where it can be tried."""
    if not shutil.which("go"):
        raise Missing("there is no Go here")
    module = Path(stand.directory.path) / "go"
    module.mkdir(exist_ok=True)
    (module / "go.mod").write_text("module interop\n")
    fetched = subprocess.run(["go", "mod", "download", "-x", LIBRARY], cwd=module, capture_output=True, text=True, timeout=120, env={**os.environ, "GOFLAGS": "-mod=mod"})
    if fetched.returncode != 0:
        words = [line for line in fetched.stderr.splitlines() if LIBRARY.split("@")[0] in line or "403" in line or "404" in line]
        raise Missing(f"{LIBRARY} cannot be fetched: {(words or fetched.stderr.splitlines() or ['go does not say why'])[-1].strip()}")
    raise Missing(f"{LIBRARY} can be fetched here, and nothing is written for it yet: no machine of ours could fetch it")
