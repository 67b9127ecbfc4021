/** The limits and defaults of a job document's fields, by schema and field. Generated from openapi.json by `npm run
 * generate`; do not edit. Texts are counted in characters. */
export const LIMITS = {
  Agree: {
    iterations: { whole: true, min: 1, max: 10000 },
    rate: { above: 0, max: 100 },
  },
  BackgroundSpec: {
    colour: { fewest: 3, most: 3 },
  },
  Box: {
    height: { whole: true, min: 1, max: 16384 },
    width: { whole: true, min: 1, max: 16384 },
    x: { whole: true, min: -16384, max: 16384 },
    y: { whole: true, min: -16384, max: 16384 },
  },
  Canvas: {
    height: { whole: true, min: 1, max: 16384 },
    width: { whole: true, min: 1, max: 16384 },
  },
  CellBox: {
    height: { whole: true, min: 1, max: 16384 },
    width: { whole: true, min: 1, max: 16384 },
    x: { whole: true, min: -16384, max: 16384 },
    y: { whole: true, min: -16384, max: 16384 },
  },
  Coarse: {
    active: { fewest: 2, most: 2 },
    fade: { fewest: 2, most: 2 },
    guidance: { min: 0, max: 50 },
    prompt: { longest: 2000 },
    weight: { min: 0, max: 10000 },
  },
  ColourMean: {
    colour: { fewest: 3, most: 3 },
  },
  CompositePart: {
    control: { longest: 64 },
    x: { whole: true, min: -16384, max: 16384 },
    y: { whole: true, min: -16384, max: 16384 },
  },
  CompositeSpec: {
    height: { whole: true, min: 1, max: 16384 },
    parts: { fewest: 2, most: 16 },
    width: { whole: true, min: 1, max: 16384 },
  },
  CropSpec: {
    control: { longest: 64 },
  },
  CustomControl: {
    channels: { whole: true, min: 1, max: 64 },
    height: { whole: true, min: 1, max: 16384 },
    name: { longest: 64 },
    width: { whole: true, min: 1, max: 16384 },
  },
  CustomGraph: {
    controls: { fewest: 1, most: 255 },
    laws: { most: 64 },
    observables: { fewest: 1 },
    outputs: { most: 255 },
  },
  CustomLaw: {
    deviation: { min: 0, max: 100 },
    name: { longest: 64 },
  },
  CustomObservable: {
    count: { min: -64, max: 64 },
    name: { longest: 64 },
    seed: { whole: true, min: 0, max: 9007199254740991 },
  },
  CustomOutput: {
    height: { whole: true, min: 1 },
    node: { longest: 64 },
    width: { whole: true, min: 1 },
  },
  CustomPrecision: {
    active: { fewest: 2, most: 2 },
    fade: { fewest: 2, most: 2 },
    group: { longest: 80 },
    span: { fewest: 2, most: 2 },
    weight: { min: 0, max: 1000000 },
  },
  CustomPrompt: {
    guidance: { min: 0, max: 50 },
    guidance_rescale: { min: 0, max: 1 },
    loras: { most: 8 },
    model: { longest: 64 },
    negative_prompt: { longest: 2000 },
    prompt: { longest: 2000 },
  },
  DescentStepSize: {
    rate: { above: 0, below: 2 },
    rho: { min: 0, max: 1000000000 },
  },
  Finer: {
    after: { whole: true, min: 1, max: 1000 },
    steps: { whole: true, min: 1, max: 1000 },
  },
  Fresh: {
    active: { fewest: 2, most: 2 },
    filled: { min: 0, max: 1 },
    share: { min: 0, max: 1 },
  },
  Head: {
    active: { fewest: 2, most: 2 },
    fade: { fewest: 2, most: 2 },
    feather: { whole: true, min: 0, max: 4096 },
    guidance: { min: 0, max: 50 },
    guidance_rescale: { min: 0, max: 1 },
    loras: { most: 8 },
    model: { longest: 64 },
    negative_prompt: { longest: 2000 },
    prompt: { longest: 2000 },
    seed: { whole: true, min: 0, max: 9007199254740991 },
    weight: { min: 0, max: 100 },
  },
  IdentitySpec: {
    control: { longest: 64 },
  },
  Illusion: {
    guides: { most: 16 },
    views: { fewest: 2, most: 16 },
  },
  IllusionView: {
    active: { fewest: 2, most: 2 },
    fade: { fewest: 2, most: 2 },
    guidance: { min: 0, max: 50 },
    guidance_rescale: { min: 0, max: 1 },
    loras: { most: 8 },
    model: { longest: 64 },
    negative_prompt: { longest: 2000 },
    prompt: { longest: 2000 },
    seed: { whole: true, min: 0, max: 9007199254740991 },
  },
  Job: {
    adapters: { most: 4096 },
    images: { whole: true, min: 1, max: 16 },
    keep: { whole: true, min: 1, max: 16 },
    models: { most: 64 },
    outputs: { fewest: 1, most: 64 },
  },
  JobMarks: {
    tags: { most: 20 },
  },
  JobSelection: {
    ids: { fewest: 1, most: 500 },
  },
  KeepClose: {
    active: { fewest: 2, most: 2 },
    deviation: { min: 0, max: 100 },
    fade: { fewest: 2, most: 2 },
    weight: { above: 0, max: 10000 },
  },
  LayoutDraft: {
    name: { longest: 120 },
  },
  LoraUse: {
    lora: { longest: 64 },
    weight: { min: -4, max: 4 },
  },
  Mask: {
    cells: { longest: 2097152 },
    height: { whole: true, min: 1, max: 16384 },
    width: { whole: true, min: 1, max: 16384 },
  },
  ModelPin: {
    id: { longest: 64 },
  },
  Palette: {
    active: { fewest: 2, most: 2 },
    colour: { fewest: 3, most: 3 },
    deviation: { min: 0, max: 100 },
    fade: { fewest: 2, most: 2 },
    scale: { whole: true, min: 1, max: 16384 },
    weight: { above: 0, max: 10000 },
  },
  Panorama: {
    guides: { most: 16 },
    negative_prompt: { longest: 2000 },
    positions: { fewest: 1, most: 64 },
    prompt: { longest: 2000 },
    windows: { fewest: 1, most: 64 },
  },
  Patch: {
    active: { fewest: 2, most: 2 },
    fade: { fewest: 2, most: 2 },
    feather: { whole: true, min: 0, max: 4096 },
    guidance: { min: 0, max: 50 },
    guidance_rescale: { min: 0, max: 1 },
    id: { longest: 64 },
    loras: { most: 8 },
    model: { longest: 64 },
    negative_prompt: { longest: 2000 },
    prompt: { longest: 2000 },
    seed: { whole: true, min: 0, max: 9007199254740991 },
    weight: { min: 0, max: 100 },
  },
  PictureControl: {
    active: { fewest: 2, most: 2 },
    controlnet: { longest: 64 },
    strength: { min: 0, max: 2 },
  },
  Portrait: {
    guides: { most: 16 },
  },
  PoseControl: {
    active: { fewest: 2, most: 2 },
    controlnet: { longest: 64 },
    joints: { most: 14 },
    strength: { min: 0, max: 2 },
  },
  PoseSpec: {
    active: { fewest: 2, most: 2 },
    controlnet: { longest: 64 },
    joints: { most: 14 },
    strength: { min: 0, max: 2 },
  },
  Preview: {
    every: { whole: true, min: 0, max: 1000 },
  },
  Prompted: {
    active: { fewest: 2, most: 2 },
    fade: { fewest: 2, most: 2 },
    guidance: { min: 0, max: 50 },
    guidance_rescale: { min: 0, max: 1 },
    loras: { most: 8 },
    model: { longest: 64 },
    negative_prompt: { longest: 2000 },
    prompt: { longest: 2000 },
    seed: { whole: true, min: 0, max: 9007199254740991 },
  },
  Reference: {
    adapter: { longest: 64 },
    weight: { min: 0, max: 2 },
  },
  Region: {
    feather: { min: 0, max: 16384 },
    mask: { longest: 64 },
  },
  Regions: {
    bootstrap: { min: 0, max: 1 },
    guides: { most: 16 },
    negative_prompt: { longest: 2000 },
    prompt: { longest: 2000 },
  },
  Reseed: {
    seed: { whole: true, min: 0, max: 9007199254740991 },
  },
  ResizeSpec: {
    height: { whole: true, min: 1, max: 16384 },
    width: { whole: true, min: 1, max: 16384 },
  },
  RollSpec: {
    x: { whole: true, min: -16384, max: 16384 },
    y: { whole: true, min: -16384, max: 16384 },
  },
  RotateSpec: {
    turns: { whole: true },
  },
  Sampling: {
    corrector_steps: { whole: true, min: 0, max: 100 },
    eta: { min: 0, max: 1 },
    finer: { most: 16 },
    guidance: { min: 0, max: 50 },
    guidance_rescale: { min: 0, max: 1 },
    harmonise: { whole: true, min: 0, max: 100 },
    model: { longest: 64 },
    seed: { whole: true, min: 0, max: 9007199254740991 },
    steps: { whole: true, min: 1, max: 1000 },
  },
  Scene: {
    guides: { most: 16 },
    soft: { whole: true, min: 0, max: 4096 },
  },
  Shift: {
    x: { whole: true, min: 1, max: 16384 },
    y: { whole: true, min: 1, max: 16384 },
  },
  Sketch: {
    active: { fewest: 2, most: 2 },
    deviation: { min: 0, max: 100 },
    fade: { fewest: 2, most: 2 },
    scale: { whole: true, min: 1, max: 16384 },
    weight: { above: 0, max: 10000 },
  },
  Start: {
    feather: { whole: true, min: 0, max: 1024 },
    seed: { whole: true, min: 0, max: 9007199254740991 },
    strength: { above: 0, max: 1 },
  },
  StepSize: {
    max: { min: 1, max: 10 },
    min: { min: 0, max: 1 },
    mu: { min: 0, max: 1000 },
  },
  Texture: {
    guides: { most: 16 },
    negative_prompt: { longest: 2000 },
    prompt: { longest: 2000 },
  },
  Windows: {
    size: { whole: true, min: 1, max: 16384 },
    stride: { whole: true, min: 1, max: 16384 },
  },
  Yield: {
    active: { fewest: 2, most: 2 },
    fade: { fewest: 2, most: 2 },
    span: { fewest: 2, most: 2 },
    weight: { min: 0 },
  },
} as const;

export const DEFAULTS = {
  Agree: {
    solver: 'auto',
    space: 'latent',
    step_size: 'fixed',
  },
  Canvas: {
    wrap: 'none',
  },
  Coarse: {
    weight: 10,
  },
  CompositePart: {
    inverse: false,
    x: 0,
    y: 0,
  },
  CompositeSpec: {
    layers: false,
    shifts: false,
  },
  CropSpec: {
    shifts: false,
  },
  CustomControl: {
    wrap: 'none',
  },
  CustomObservable: {
    count: 1,
  },
  CustomPrecision: {
    shape: 'uniform',
    weight: 1,
  },
  CustomPrompt: {
    negative_prompt: '',
  },
  DescentStepSize: {
    rate: 0.3,
  },
  Fresh: {
    share: 0,
  },
  Head: {
    feather: 16,
    negative_prompt: '',
    weight: 4,
  },
  IllusionView: {
    negative_prompt: '',
  },
  Job: {
    images: 1,
  },
  KeepClose: {
    deviation: 0.1,
    fit: 'same',
    weight: 3,
  },
  LoraUse: {
    weight: 1,
  },
  Palette: {
    deviation: 0.1,
    weight: 3,
  },
  Panorama: {
    axis: 'x',
    negative_prompt: '',
  },
  Patch: {
    feather: 0,
    negative_prompt: '',
    weight: 1,
  },
  PictureControl: {
    strength: 1,
  },
  PictureMean: {
    fit: 'same',
  },
  PoseControl: {
    strength: 1,
  },
  PoseSpec: {
    strength: 1,
  },
  Preview: {
    every: 1,
    keep: 'outputs',
  },
  Prompted: {
    negative_prompt: '',
  },
  Reference: {
    weight: 1,
  },
  Region: {
    feather: 0,
  },
  Regions: {
    bootstrap: 0,
    negative_prompt: '',
  },
  ResizeSpec: {
    mode: 'area',
  },
  Sampling: {
    corrector_steps: 0,
    guidance_rescale: 0,
    harmonise: 0,
  },
  Scene: {
    soft: 0,
  },
  Sketch: {
    deviation: 0.1,
    fit: 'same',
    weight: 3,
  },
  Start: {
    feather: 16,
    fit: 'same',
    keep: 'outside',
    strength: 0.75,
  },
  StepSize: {
    max: 2,
    min: 0,
  },
  Texture: {
    negative_prompt: '',
  },
  Windows: {
    shift: false,
    weights: 'uniform',
  },
} as const;
