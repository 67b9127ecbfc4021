/** The words of fields for pictures. */
export const pictures = {
  resizeMode: 'Resize mode',
  notHere: 'not on this server',
  sending: 'Sending…',
  stillSending: 'A picture is still being sent.',
  layoutChanged: 'The picture is not used: the layout was changed while it was sent. Choose the picture again.',
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
