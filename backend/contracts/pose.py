"""The joints of a pose, in the order of a document.

The order is that of the first fourteen joints of OpenPose's COCO format. So ControlNets that were trained on its
drawings understand the poses.
"""

from typing import Annotated

from pydantic import Field

from backend.contracts.limits import MAX_SIDE

JOINTS = (
    "nose",
    "neck",
    "right_shoulder",
    "right_elbow",
    "right_wrist",
    "left_shoulder",
    "left_elbow",
    "left_wrist",
    "right_hip",
    "right_knee",
    "right_ankle",
    "left_hip",
    "left_knee",
    "left_ankle",
)

Coordinate = Annotated[float, Field(ge=-MAX_SIDE, le=2 * MAX_SIDE)]
Joint = Annotated[list[Coordinate], Field(min_length=2, max_length=2)]
Joints = Annotated[list[Joint], Field(max_length=len(JOINTS))]
"""The joints as [x, y] in canvas pixels, in the order of JOINTS. A pose may end early."""
