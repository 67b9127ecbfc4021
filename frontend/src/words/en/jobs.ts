/** The words of jobs: what is sent, runs and has ended. */
export const jobs = {
  generate: 'Generate',
  generateKeywords: 'run start make picture',
  cancel: 'Cancel the run on the canvas',
  cancelKeywords: 'stop interrupt abort',
  notMade: 'The document could not be made.',
};
