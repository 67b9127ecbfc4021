"""The services of docker-compose.yml as plain processes, with their own commands and settings. Only the addresses
differ: they are those of servers that the tests run."""

import json
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
    """A deployment. `variables` are the contents of .env. `addresses` maps a host:port of the compose network to a
    host:port here."""

    variables: Mapping[str, str]
    addresses: Mapping[str, str]
    replaced: Mapping[str, str]
    logs: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def environment(self, service: str) -> dict[str, str]:
        """Return the service's settings as compose would pass them, with the addresses of the tests' servers."""
        given = dict(self.variables) | compose_file()["services"][service]["environment"]
        return {name: self._here(value) for name, value in given.items()} | dict(self.replaced)

    def command(self, service: str) -> list[str]:
        program, *arguments = compose_file()["services"][service]["command"]
        return [str(BIN / program), *arguments]

    def _here(self, value: str) -> str:
        def filled(match: re.Match[str]) -> str:
            given = self.variables.get(match["name"])
            unset = given is None if match["sign"] == "-" else not given
            return (match["default"] if match["sign"] in ("-", ":-") else "") if unset else given or ""

        value = re.sub(r"\$\{(?P<name>\w+)(?:(?P<sign>:?[-?])(?P<default>[^}]*))?\}", filled, value)
        for there, here in self.addresses.items():
            value = value.replace(there, here)
        return value

    def run(self, service: str) -> None:
        """Run a service that ends by itself, and wait for its end."""
        done = subprocess.run(
            self.command(service), env=os.environ | self.environment(service), cwd=ROOT, capture_output=True, text=True
        )
        assert done.returncode == 0, f"{service} failed:\n{done.stdout}\n{done.stderr}"

    def start(
        self, service: str, name: str | None = None, settings: Mapping[str, str] | None = None
    ) -> subprocess.Popen[bytes]:
        """Start a service, or another process of it under a `name` of its own, with `settings` in place of the
        service's."""
        name = name or service
        environment = os.environ | self.environment(service) | dict(settings or {})
        with (self.logs / f"{name}.log").open("ab") as log, (self.logs / f"{name}.out").open("ab") as out:
            process = subprocess.Popen(self.command(service), env=environment, cwd=ROOT, stdout=out, stderr=log)
        self.running[name] = process
        return process

    def log(self, name: str) -> str:
        return (self.logs / f"{name}.log").read_text(errors="replace")

    def logged(self, name: str) -> list[dict[str, Any]]:
        """Return the lines of a log, each of which is one JSON object."""
        return [json.loads(line) for line in self.log(name).splitlines()]

    def stop(self, name: str, how: signal.Signals = signal.SIGTERM, seconds: float = 90) -> None:
        process = self.running.pop(name)
        process.send_signal(how)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise


@contextmanager
def deployed(deployment: Deployment) -> Iterator[Deployment]:
    """Stop all started services at the end of the block. If the block fails, show the end of each log."""
    try:
        yield deployment
    except BaseException:
        for service in deployment.running:
            sys.stderr.write(f"\n--- {service}\n{deployment.log(service)[-3000:]}\n")
        raise
    finally:
        for service in reversed(list(deployment.running)):
            deployment.stop(service)


def wait_for(what: Any, seconds: float = 180, pause: float = 0.1) -> Any:
    """Return the first true answer of `what()`. Raises AssertionError after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (answer := what()):
        assert time.monotonic() < deadline, f"waited {seconds} s in vain"
        time.sleep(pause)
    return answer
