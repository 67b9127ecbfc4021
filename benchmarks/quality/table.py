"""The table as a file. It is rewritten after each row, so that an interrupted run can continue."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from benchmarks.quality import QualityError
from benchmarks.quality.bars import bars
from benchmarks.quality.rows import Row


@dataclass
class Table:
    """Rows in a JSON file, and a folder beside it with a strip of pictures of each row. `settings` holds everything
    that the rows depend on, except the code."""

    path: Path
    settings: dict[str, Any]
    rows: list[Row] = field(default_factory=list)

    @classmethod
    def resumed(cls, path: Path, settings: dict[str, Any]) -> "Table":
        """Load the rows of the file, if there is one. Raises QualityError if they were made with other settings."""
        if not path.exists():
            return cls(path, settings)
        saved = json.loads(path.read_text())
        if saved["settings"] != settings:
            raise QualityError(
                f"the rows in {path} were made with {saved['settings']}, and this run has {settings}; run it with the "
                "same, or leave --resume out to begin anew"
            )
        return cls(path, settings, [Row(**row) for row in saved["rows"]])

    def has(self, task: str, method: str) -> bool:
        return any((row.task, row.method) == (task, method) for row in self.rows)

    def add(self, row: Row, pictures: np.ndarray) -> None:
        """Add a row and the pictures of its strip, bytes of shape (count, height, width, 3)."""
        self.rows.append(row)
        strips = self.path.with_suffix("")
        strips.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.concatenate(pictures, 1)).save(strips / f"{row.task}-{row.method}.webp", quality=85)
        document = {
            "settings": self.settings,
            "rows": [asdict(one) for one in self.rows],
            "bars": [asdict(bar) for bar in bars(self.rows)],
        }
        half = self.path.with_suffix(".part")
        half.write_text(json.dumps(document, indent=2) + "\n")
        half.replace(self.path)
