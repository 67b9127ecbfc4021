/** The words of fields for pictures. */
export const pictures = {
  resizeMode: 'Resize mode',
  notHere: 'not on this server',
  sending: 'Sending…',
  choose: 'Choose a picture',
  orDrop: ', or drop one here',
  another: 'Another…',
  remove: 'Remove',
  removeOne: (label: string) => `Remove: ${label}`,
  fits: {
    same: 'none: it has the canvas’s shape',
    crop: 'crop to the canvas’s shape',
    stretch: 'stretch to the canvas’s shape',
  },
};
