/** The words for a server that does not answer. */
export const api = {
  noConnection: 'No connection',
  noConnectionSays: 'The studio cannot reach its server. Your draft is kept here; try again in a moment.',
  notReady: 'Not ready yet',
  noModels: 'The server has not said yet which models it has. Your draft is kept here; try again in a moment.',
  noAnswer: 'No answer',
  stopped: 'Stopped',
  stoppedSays:
    'You stopped waiting. The server may have taken the request all the same: look in the queue and the gallery before you send it again.',
  noAnswerSays: (minutes: number) =>
    `The server has not answered for ${minutes} minutes, so the studio stopped waiting. Your draft is kept here; try again in a moment.`,
  status: (status: number) => `The server answered with status ${status}`,
};
