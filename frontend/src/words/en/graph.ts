/** The words of the graph view. Lengths of a graph are in latent cells, which a reader thinks of in pixels. So the words
 * give both. */

interface Size {
  width: number;
  height: number;
}

const sized = (size: Size | null, cell: number): string =>
  size ? `${size.width} × ${size.height} cells (${size.width * cell} × ${size.height * cell} px)` : 'of open size';

const at = (x: number, y: number, cell: number): string =>
  x === 0 && y === 0 ? 'at the upper left' : `at ${x}, ${y} (${x * cell}, ${y * cell} px)`;

export const graph = {
  title: 'Graph',
  show: 'Show the graph',
  showKeywords: 'network nodes controls observables operators custom',
  network: 'Network',
  table: 'Table',
  fields: 'Fields',
  json: 'JSON',
  views: 'How the graph is shown',
  side: 'What is beside the network',
  none: 'The graph appears here as soon as the layout is valid.',
  describe: 'Controls are the canvases that are generated. Observables are what a model sees of them, under a prompt.',
  size: (size: Size | null, cell: number) => sized(size, cell),
  kinds: { controls: 'Control', observables: 'Observable', laws: 'Law', outputs: 'Output' },
  saved: 'saved',
  noPrompt: 'no prompt',
  weight: (weight: number) => `weight ${weight}`,
  group: (name: string) => `Group ${name}`,
  members: (count: number) => `${count} windows, averaged before they count once`,
  amount: (value: number) => (value < 0.001 ? value.toExponential(1) : value.toFixed(3)),
  residual: (amount: string) => `residual ${amount}`,
  pictureOf: (name: string) => `The picture of ${name}`,
  lines: (count: number, words: string) => `${count} views, such as: ${words}`,
  operators: {
    identity: 'all of it',
    crop: (size: Size | null, x: number, y: number, cell: number) => `crop ${sized(size, cell)} ${at(x, y, cell)}`,
    shifts: 'moving at each step',
    resize: (size: Size | null, cell: number) => `resize to ${sized(size, cell)}`,
    flipX: 'mirror left and right',
    flipY: 'mirror top and bottom',
    rotate: (degrees: number) => `rotate ${degrees}° counter-clockwise`,
    roll: (x: number, y: number, cell: number) => `shift around the edges by ${x}, ${y} (${x * cell}, ${y * cell} px)`,
    background: 'a plain colour around it',
    part: (number: number, of: number, x: number, y: number, cell: number) =>
      `part ${number} of ${of} of a composite, ${at(x, y, cell)}`,
    unknown: 'no operator yet',
  },
  columns: {
    kind: 'Kind',
    name: 'Name',
    size: 'Size',
    reads: 'Reads',
    prompt: 'Prompt',
    weight: 'Weight',
    model: 'Model',
  },
  facts: {
    pick: 'Choose a node of the network to read about it.',
    negative: 'Negative prompt',
    group: 'Group',
    residual: 'Residual',
  },
  edit: 'Edit as a graph of your own',
  edited: (kind: string) => `This is the graph of your ${kind}.`,
  notMade: 'The graph could not be made.',
  undo: 'Undo',
  flow: {
    'node.a11yDescription.default': 'Press Enter to choose this node, and Escape to choose none.',
    'node.a11yDescription.keyboardDisabled': 'Press Enter to choose this node, and Escape to choose none.',
    'controls.ariaLabel': 'Zoom',
    'controls.zoomIn.ariaLabel': 'Zoom in',
    'controls.zoomOut.ariaLabel': 'Zoom out',
    'controls.fitView.ariaLabel': 'Fit the network',
    'minimap.ariaLabel': 'The whole network, small',
    'handle.ariaLabel': 'Connection',
  },
};
