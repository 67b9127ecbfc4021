"""The services of docker-compose.yml, started as plain processes: their own commands and settings, with the addresses
of servers that the tests run."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


def compose_file() -> dict[str, Any]:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@dataclass
class Deployment:
    """`variables`: what .env would hold. `addresses`: host:port of the compose network -> host:port here."""

    variables: Mapping[str, str]
    addresses: Mapping[str, str]
    replaced: Mapping[str, str]
    logs: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def environment(self, service: str) -> dict[str, str]:
        """The service's settings as compose would pass them, with our addresses."""
        given = compose_file()["services"][service]["environment"]
        return {name: self._here(value) for name, value in given.items()} | dict(self.replaced)

    def command(self, service: str) -> list[str]:
        program, *arguments = compose_file()["services"][service]["command"]
        return [str(BIN / program), *arguments]

    def _here(self, value: str) -> str:
        value = re.sub(r"\$\{(\w+)(?::[-?][^}]*)?\}", lambda match: self.variables.get(match[1], ""), value)
        for there, here in self.addresses.items():
            value = value.replace(there, here)
        return value

    def run(self, service: str) -> None:
        """Run a service that ends, to its end."""
        done = subprocess.run(
            self.command(service), env=os.environ | self.environment(service), cwd=ROOT, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{service} failed:\n{done.stdout}\n{done.stderr}"

    def start(self, service: str) -> subprocess.Popen[bytes]:
        with (self.logs / f"{service}.log").open("ab") as log:
            process = subprocess.Popen(
                self.command(service), env=os.environ | self.environment(service), cwd=ROOT, stdout=log, stderr=log
            )
        self.running[service] = process
        return process

    def log(self, service: str) -> str:
        return (self.logs / f"{service}.log").read_text(errors="replace")

    def stop(self, service: str, how: signal.Signals = signal.SIGTERM, seconds: float = 90) -> None:
        process = self.running.pop(service)
        process.send_signal(how)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise


@contextmanager
def deployed(deployment: Deployment) -> Iterator[Deployment]:
    """Stops what was started, and shows the end of each log where the block fails."""
    try:
        yield deployment
    except BaseException:
        for service in deployment.running:
            sys.stderr.write(f"\n--- {service}\n{deployment.log(service)[-3000:]}\n")
        raise
    finally:
        for service in reversed(list(deployment.running)):
            deployment.stop(service)


def wait_for(what: Any, seconds: float = 60, pause: float = 0.1) -> Any:
    """The first true answer of `what()`; AssertionError after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (answer := what()):
        assert time.monotonic() < deadline, f"waited {seconds} s in vain"
        time.sleep(pause)
    return answer
