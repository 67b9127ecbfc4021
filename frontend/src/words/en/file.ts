/** The words of the document as a whole. */
export const file = {
  begin: 'Begin anew',
  beginKeywords: 'new empty clear reset',
  open: 'Open a document or picture…',
  openKeywords: 'load import file',
  saveJson: 'Save as JSON',
  saveKeywords: 'download export document',
  copyCurl: 'Copy as curl',
  copyPython: 'Copy as Python',
  copyKeywords: 'code API request',
  empty: 'The canvas is empty.',
  jobDocument: 'Job document',
  opened: (name: string, leftOut: readonly string[]) =>
    leftOut.length > 0
      ? `${name} is open, without the fields that the studio does not know: ${leftOut.join(', ')}.`
      : `${name} is open.`,
};
