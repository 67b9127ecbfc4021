"""The limits of every server. Limits of documents are part of the API: `openapi.json` contains them.

The settings `INLAY_MAX_*` are the limits that an operator sets for one server: canvas pixels, steps, patches, views,
and cost, which `backend/graph/limits.py` checks, and the limits of each owner in `backend/store/limits.py`.
"""

# Documents
MAX_SIDE = 16_384  # pixels of a canvas or a picture, and cells of a control
MAX_TEXT = 2_000  # characters of one prompt, several times what a text encoder reads at once
MAX_NAME = 64  # characters of the name of a node, a model or an adapter
MAX_PROMPT_WEIGHT = 5.0  # of a part of a prompt, as in (a red ball)1.4; a larger weight makes noise of a picture
MAX_SEED = 2**53 - 1  # the largest integer that JavaScript keeps exact
MAX_STEPS = 1_000
MAX_FINER = 16  # times that the rest of a run gets another number of steps
MAX_GUIDANCE = 50
MAX_ROUNDS = 100  # of re-noising, or of corrector steps, after one step
MAX_IMAGES = 16  # of one job
MAX_OUTPUTS = 64  # nodes that one job saves as pictures
MAX_MODELS = 64  # that one document pins
MAX_PINS = 4_096  # adapters that one document pins
MAX_LORAS = 8  # of one prompt
MAX_WINDOW_PROMPTS = 64  # of a panorama
MAX_ILLUSION_VIEWS = 16
MAX_PATCH_WEIGHT = 100
MAX_COARSE_WEIGHT = 10_000
MAX_FEATHER = 4_096  # pixels, of a patch
MAX_GUIDES = 16
MAX_GUIDE_WEIGHT = 10_000
MAX_DEVIATION = 100  # of a law, in units of the latents' standard deviation
MAX_START_FEATHER = 1_024  # pixels, of the part of a picture that is redrawn

# The queue
COUNTED = 1_000  # waiting jobs are counted up to this number
MAX_PRIORITY = 9

# Graphs
MAX_NODES = 255  # a preview frame names its node in one byte
MAX_LAWS = 64
MAX_MASKS = 82  # those of the patches and the guides, and two of a job's start
MAX_MASK_CELLS = 2**20  # of one mask; one byte a cell travels with the graph
MAX_JOB_MASK_CELLS = 2_000_000  # of all patches' masks together, and of all guides' masks together
MAX_PRECISION = 1e6  # of an observable; the engine works in float32
MAX_GROUP = 80  # characters of the name of a group of observables
MAX_COUNT = 64  # a counting number, which may be as far below 0
MAX_COMPOSITE_PARTS = 16
MAX_DEPTH = 8  # of operators in operators
MAX_VIEW_SIDE = 4  # native windows along a side of one view
MAX_WORK = 2**27  # cells that are looked at to find those that nothing observes; about a second

# The gallery
MAX_TAG = 40  # characters
MAX_TAGS = 20  # of one job
MAX_SEARCH = 200  # characters of the words to search for
MAX_SELECTED = 500  # jobs that one request marks, deletes, restores or downloads

# Users and keys
MAX_USER_NAME = 64  # characters
MAX_KEY_LABEL = 80  # characters
MAX_ADDRESS = 64  # characters of the address that a request came from
MAX_LINKS = 20  # by which one job or one saved layout is shared
MAX_KEY_DAYS = 3_650  # that a key with an end may work

# Requests and messages
MAX_BODY = 2 * 1024 * 1024  # bytes of a body with a job document
MAX_SMALL_BODY = 64 * 1024  # bytes of any other body
MAX_HEAD = 64 * 1024  # bytes of the head of a request
MAX_UPLOAD = 64 * 1024 * 1024  # bytes of a picture, whose pixels are then limited as well
MAX_MESSAGE = 16 * 1024  # characters that a client sends over the websocket at once
MAX_BAD_MESSAGES = 10  # after which the websocket is closed
MAX_URL = 2_000  # characters of a webhook's address
MAX_WEBHOOKS = 20  # of one owner, besides those of single jobs
MAX_FOLLOWED = 64  # jobs that one websocket follows
MAX_SHOWN = 64  # nodes of one job that one websocket shows besides the chosen one
MAX_SEQ = MAX_SEED  # of an event
MAX_ERRORS = 20  # that one answer lists; the rest are counted
MAX_ECHO = 64  # characters of a client's own words that an error repeats
