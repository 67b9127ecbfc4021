"""The joints of a pose, in the order in which a document lists them.

It is the first fourteen of OpenPose's COCO order, so that ControlNets trained on its drawings understand ours."""

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
