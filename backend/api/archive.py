"""ZIP files of several jobs' pictures and documents, written while they are sent."""

import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from urllib.parse import quote
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from typing_extensions import Buffer

from backend.contracts.fields import IsPrompt, marked
from backend.contracts.job import JobResource
from backend.store.errors import NotFound
from backend.store.gallery import StoredJob
from backend.store.images import Images

_TITLE = 40  # characters of a file's name that come from the job's first prompt


class Pipe(io.RawIOBase):
    """Keeps what a ZipFile writes until it is taken. The ZipFile can seek in what is not taken yet, so it writes the
    size and checksum of each file before the file, where every unpacker looks for them."""

    def __init__(self) -> None:
        self._kept = io.BytesIO()
        self._taken = 0

    def seekable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._taken + self._kept.tell()

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._taken + self._kept.seek(offset - self._taken if whence == io.SEEK_SET else offset, whence)

    def write(self, data: Buffer, /) -> int:
        return self._kept.write(data)

    def take(self) -> bytes:
        data = self._kept.getvalue()
        self._taken += len(data)
        self._kept = io.BytesIO()
        return data


def archive(images: Images, entries: Iterable[StoredJob]) -> Iterator[bytes]:
    """Yield a ZIP, file by file. Pictures are stored as they are, because PNGs do not become smaller. A picture that is
    deleted meanwhile is left out."""
    pipe, seen = Pipe(), Counter[str]()
    with ZipFile(pipe, "w", ZIP_STORED) as zip:
        for job, outputs in entries:
            stem = _numbered(stem_of(job), seen)
            moment = job.created_at.timetuple()[:6]
            zip.writestr(ZipInfo(f"{stem}.json", moment), job.spec.model_dump_json(indent=2) + "\n")
            for output in outputs:
                try:
                    picture = images.get(output.key)
                except NotFound:
                    continue
                zip.writestr(ZipInfo(f"{stem}_{output.name}.png", moment), picture)
                yield pipe.take()
            yield pipe.take()
    yield pipe.take()


def stem_of(job: JobResource) -> str:
    """Return the first part of the names of a job's files: its time (UTC), its first prompt, and its short id."""
    prompts = (found.value for found in islice(marked(job.spec, IsPrompt), 1))
    title = re.sub(r"[\W_]+", "-", next(prompts, "")).strip("-")[:_TITLE].strip("-")
    return "_".join(filter(None, (f"{job.created_at:%Y-%m-%d_%H%M%S}", title, str(job.id)[:8])))


def _numbered(stem: str, seen: Counter[str]) -> str:
    """Return a stem that no earlier job of the archive has, also where capitals do not count. A client may choose ids
    that begin alike, such as UUIDv7."""
    seen[stem.casefold()] += 1
    count = seen[stem.casefold()]
    return stem if count == 1 else f"{stem}-{count}"


def attachment(name: str) -> str:
    """Return the header Content-Disposition that tells a browser to save a file under this name. HTTP's headers are
    ASCII, so a name with other letters stands in it a second time, percent-encoded (RFC 6266)."""
    plain = re.sub(r"[^\x21-\x7e]+", "-", name)
    full = "" if plain == name else f"; filename*=UTF-8''{quote(name)}"
    return f'attachment; filename="{plain}"{full}'
