"""The pictures and masks of a document that runs without a server. The document names files instead of uploads."""

import hashlib
import io
import re
from dataclasses import dataclass, field
from pathlib import Path

from PIL import Image

from backend.contracts.fields import UploadKind
from backend.store.pictures import Grey, Picture, PictureError, as_colour, as_grey, grey_values
from inlay.errors import CommandError
from worker.build.pictures import no_pictures

UPLOAD = re.compile(r"[0-9a-f]{64}")
_KEEP = {"mask": as_grey, "picture": as_colour}


@dataclass(frozen=True)
class Files:
    """The pictures that a document in `folder` names. `kept` holds them by the ids that a server would give them."""

    folder: Path
    max_pixels: int
    kept: dict[str, Picture] = field(default_factory=dict)

    def mask(self, id: str) -> Grey | None:
        return grey_values(self.kept[id].png) if id in self.kept else None

    def size(self, id: str) -> tuple[int, int] | None:
        return (self.kept[id].width, self.kept[id].height) if id in self.kept else None

    def picture(self, id: str) -> Image.Image:
        """Return a picture in RGB. Raises PictureMissing if the document has no file for this id."""
        return Image.open(io.BytesIO(self.kept[id].png)).convert("RGB") if id in self.kept else no_pictures(id)

    def id_of(self, name: str, kind: UploadKind) -> str:
        """Return the id of a picture, and read the picture from the folder. `name` is a file name, or the id of an
        upload whose picture is in the file `<id>.png`. Raises CommandError if there is no such file or it is not a
        picture."""
        is_id = UPLOAD.fullmatch(name) is not None
        path = self.folder / (f"{name}.png" if is_id else name)
        try:
            picture = _KEEP[kind](path.read_bytes(), self.max_pixels)
        except (OSError, ValueError) as error:
            what = f"The document names an upload, whose picture would be {path}" if is_id else f"The {kind} {path}"
            reason = error.strerror if isinstance(error, OSError) else error
            raise CommandError(
                f"{what}: {reason}. Save the {kind} there, or write the name of its file in the document."
            ) from error
        except PictureError as error:
            raise CommandError(f"The {kind} {path} cannot be used. {error}") from error
        id = name if is_id else hashlib.sha256(picture.png).hexdigest()
        self.kept[id] = picture
        return id
