"""The orientation in EXIF, the only tag that changes how pixels are shown."""

ORIENTATION = 0x0112
_ORDERS = {b"II*\0": "little", b"MM\0*": "big"}
_SIZES = {1: 1, 3: 2, 4: 4}  # bytes of a value, by the tag's type: BYTE, SHORT, LONG
_ENTRY = 12  # bytes
_MARK = 6  # bytes of "Exif", a zero, and another byte, which begin EXIF in JPEG and sometimes elsewhere


def orientation(exif: bytes) -> int:
    """Return the orientation of a picture, from 1 (upright) to 8, as TIFF numbers them.

    Only this tag is read, and only from the first directory. Returns 1 if the EXIF is damaged or has no valid
    orientation.
    """
    tiff = exif[_MARK:] if exif.startswith(b"Exif\0") else exif
    order = _ORDERS.get(tiff[:4])
    if order is None:
        return 1

    def number(at: int, size: int) -> int:
        return int.from_bytes(tiff[at : at + size], "little" if order == "little" else "big")

    first = number(4, 4) + 2
    entries = min(number(first - 2, 2), max(0, len(tiff) - first) // _ENTRY)
    for entry in range(first, first + _ENTRY * entries, _ENTRY):
        if number(entry, 2) == ORIENTATION:
            size, count = _SIZES.get(number(entry + 2, 2), 0), number(entry + 4, 4)
            value = number(entry + 8, size)
            return value if count == 1 and 1 <= value <= 8 else 1
    return 1
