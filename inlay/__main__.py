"""The command `inlay`."""

from backend.imports import lasting


def main() -> None:
    """Run the command line."""
    with lasting():
        from inlay.cli import app
    app()


if __name__ == "__main__":
    main()
