/** The words of the 360° viewer. */
export const around = {
  title: 'Picture in 360°',
  view: 'View in 360°',
  keywords: 'panorama sphere vr equirectangular look around wrap',
  hint: 'Drag, or press the arrow keys, to look around. + and − zoom. Escape closes the viewer.',
  noWebGl:
    'This browser offers no WebGL 2, which the 360° viewer needs. Turn on hardware acceleration, or use another browser.',
  notLoaded: 'The picture could not be loaded. Close the viewer and open it again.',
  viewer: {
    zoom: 'Zoom',
    zoomOut: 'Zoom out',
    zoomIn: 'Zoom in',
    moveUp: 'Look up',
    moveDown: 'Look down',
    moveLeft: 'Look left',
    moveRight: 'Look right',
    menu: 'Menu',
    close: 'Close',
    loading: 'Loading …',
    loadError: 'The picture could not be loaded.',
    webglError: 'This browser offers no WebGL 2.',
  },
};
