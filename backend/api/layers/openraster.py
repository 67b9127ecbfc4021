"""Layers as an OpenRaster file, which Krita and GIMP open: a ZIP of PNGs and a description of their stack.

The format is that of https://www.openraster.org/baseline/file-layout-spec.html. The alpha of each layer is its mask.
"""

import io
from collections.abc import Iterator
from datetime import datetime
from xml.etree.ElementTree import Element, SubElement, tostring
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import numpy as np
from PIL import Image

from backend.api.archive import Pipe
from backend.api.layers.cuts import Pixels
from backend.api.layers.plan import Folder, Layer, Plan

MEDIA_TYPE = "image/openraster"
_VERSION = "0.0.5"
_THUMBNAIL = (256, 256)


def openraster(plan: Plan, merged: Pixels, at: datetime) -> Iterator[bytes]:
    """Yield the file, layer by layer. `merged` is the picture that the visible layers make together, and `at` is the
    time of all parts of the ZIP."""
    pipe = Pipe()
    with ZipFile(pipe, "w", ZIP_STORED) as file:
        for name, data in _files(plan, merged):
            file.writestr(ZipInfo(name, at.timetuple()[:6]), data)
            yield pipe.take()
    yield pipe.take()


def _files(plan: Plan, merged: Pixels) -> Iterator[tuple[str, bytes]]:
    """Yield the names and contents of the parts. OpenRaster wants the media type first, and not compressed."""
    yield "mimetype", MEDIA_TYPE.encode()
    yield "stack.xml", _stack(plan)
    for number, layer in enumerate(plan.layers):
        yield _address(number), _png(_with_alpha(layer))
    whole = Image.fromarray(merged)
    yield "mergedimage.png", _png(whole)
    whole.thumbnail(_THUMBNAIL)
    yield "Thumbnails/thumbnail.png", _png(whole)


def _stack(plan: Plan) -> bytes:
    """Return the description of the stack, which lists the highest layer first."""
    image = Element("image", version=_VERSION, w=str(plan.width), h=str(plan.height))
    root, numbers = SubElement(image, "stack"), iter(range(sum(1 for _ in plan.layers)))
    written = []
    for node in plan.nodes:
        if isinstance(node, Folder):
            folder = Element("stack", name=node.name, visibility=_visibility(node.visible), isolation="auto")
            folder.extend([_described(layer, next(numbers)) for layer in node.layers][::-1])
            written.append(folder)
        else:
            written.append(_described(node, next(numbers)))
    root.extend(written[::-1])
    return tostring(image, encoding="utf-8", xml_declaration=True)


def _described(layer: Layer, number: int) -> Element:
    place = {"x": str(layer.x), "y": str(layer.y)}
    shown = {"visibility": _visibility(layer.visible), "opacity": "1.0", "composite-op": "svg:src-over"}
    return Element("layer", {"name": layer.name, "src": _address(number), **place, **shown})


def _address(number: int) -> str:
    return f"data/layer{number:04}.png"


def _visibility(visible: bool) -> str:
    return "visible" if visible else "hidden"


def _with_alpha(layer: Layer) -> Image.Image:
    pixels = layer.pixels()
    return Image.fromarray(pixels if layer.mask is None else np.dstack([pixels, layer.mask()]))


def _png(picture: Image.Image) -> bytes:
    encoded = io.BytesIO()
    picture.save(encoded, "PNG", compress_level=3)
    return encoded.getvalue()
