"""Write the API's description: `python -m backend.api.openapi > frontend/openapi.json`. The same code gives the same
bytes."""

import json
import sys

from backend.api.routes import build


def text() -> str:
    return json.dumps(build().openapi(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(text())
