"""Layers as a Photoshop document (PSD). The mask of each layer is a real layer mask."""

import io

import numpy as np
from PIL import Image

from backend.api.layers.cuts import Pixels
from backend.api.layers.plan import Folder, Layer, Plan

MEDIA_TYPE = "image/vnd.adobe.photoshop"


def photoshop(plan: Plan, merged: Pixels) -> bytes:
    """Return the file. `merged` is the picture that the visible layers make together."""
    from psd_tools import PSDImage
    from psd_tools.api.layers import Group

    document = PSDImage.frompil(Image.fromarray(merged))

    def add(layer: Layer, parent: PSDImage | Group) -> None:
        picture = Image.fromarray(np.ascontiguousarray(layer.pixels()))
        made = parent.create_pixel_layer(picture, top=layer.y, left=layer.x)
        made.name = layer.name
        if layer.mask is not None:
            made.create_mask(Image.fromarray(layer.mask()))
        made.visible = layer.visible

    for node in plan.nodes:
        if isinstance(node, Folder):
            folder = document.create_group(open_folder=False)
            folder.name = node.name
            for layer in node.layers:
                add(layer, folder)
            folder.visible = node.visible
        else:
            add(node, document)
    written = io.BytesIO()
    # `save` would blend all layers again to make the merged picture, which is there already.
    document._record.write(written)
    return written.getvalue()
