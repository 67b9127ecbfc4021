"""The table as a file: written anew after each row, so that a run that was cut can go on."""

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
    """Rows in a JSON file, and beside it a folder with a strip of pictures of each. `settings`: all that they depend
    on, but for the code."""

    path: Path
    settings: dict[str, Any]
    rows: list[Row] = field(default_factory=list)

    @classmethod
    def resumed(cls, path: Path, settings: dict[str, Any]) -> "Table":
        """With the rows that the file has, if it is there; QualityError where they were made in another way."""
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
        """Another row, with the pictures of its strip, bytes of shape (count, height, width, 3)."""
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
