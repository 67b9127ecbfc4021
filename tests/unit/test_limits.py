"""All limits are in one module. A constant called MAX_... in another module would be a second place for them."""

import re
from pathlib import Path

import backend
from backend.contracts import limits

ROOT = Path(backend.__file__).parent


def test_no_limit_is_defined_beside_the_limits_module() -> None:
    beside = [
        f"{file.relative_to(ROOT)}: {name}"
        for file in sorted(ROOT.rglob("*.py"))
        if file != Path(limits.__file__)
        for name in re.findall(r"^_?(MAX_[A-Z_]+)\b[^=\n]*=", file.read_text(), re.MULTILINE)
    ]
    assert beside == []


def test_every_limit_is_used() -> None:
    code = "".join(file.read_text() for file in ROOT.rglob("*.py") if file != Path(limits.__file__))
    assert [name for name in vars(limits) if name.startswith("MAX_") and name not in code] == []


def test_one_mask_fits_into_the_masks_of_a_job() -> None:
    assert limits.MAX_MASK_CELLS <= limits.MAX_JOB_MASK_CELLS
