"""The server may open as many files as the system allows."""

import subprocess
import sys

LOWERED = """
import resource
from inlay import serving
hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
serving._allow_connections()
soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
print(soft == (serving.MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, serving.MOST_FILES)))
"""


def test_a_low_limit_of_files_is_raised() -> None:
    done = subprocess.run([sys.executable, "-c", LOWERED], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
