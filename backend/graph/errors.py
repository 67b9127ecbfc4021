"""The error for a layout that cannot run, with its place in the document."""


class LayoutError(Exception):
    """A layout that cannot run. `detail` says what is wrong and what would be valid. `location` is the path in the job
    document, as in ['layout', 'patches', 3, 'box']."""

    def __init__(self, detail: str, location: list[str | int]) -> None:
        super().__init__(detail)
        self.detail = detail
        self.location = location
