/** The words about drafts that are stored, set aside or edited in another tab. */
export const drafts = {
  aside: {
    unreadable:
      'This version of the studio cannot read all of the draft that was kept here. A copy of it is set aside.',
    reset: 'The draft was reset. A copy of the last one is set aside.',
    tab: 'A newer draft took the place of another tab’s draft. A copy of the older one is kept here.',
  },
  otherTab:
    'The studio is open in another tab. Each tab keeps its own draft and its own steps to undo. A new tab begins with the draft that was edited last.',
  hideNotice: 'Hide this',
  unkept: 'This browser does not keep your draft: its storage is full or blocked. Save a copy before you leave.',
  download: 'Download the draft',
  downloadCopy: 'Download the copy',
  bringBack: 'Bring it back',
  discard: 'Discard it',
  isBack: 'The draft is back.',
};
