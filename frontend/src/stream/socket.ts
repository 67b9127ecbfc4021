import { WebSocket } from 'partysocket';
import type { Event, PreviewSide } from '../api/types';
import { type PreviewFrame, readFrame } from './frame';

interface Listener {
  ticket: () => Promise<string>;
  onEvent: (event: Event) => void;
  onPreview: (frame: PreviewFrame) => void;
  onConnected: (connected: boolean) => void;
}

type Cursors = Readonly<Record<string, number>>;

const MIN_DELAY = 500;
const MAX_DELAY = 8_000;

/** A random wait, in milliseconds, that is added to the delay before the `retry`-th reconnection, so that the tabs of a
 * server that starts again do not all come back at once. */
export const jitter = (retry: number): number =>
  retry > 0 ? Math.random() * Math.min(MIN_DELAY * 2 ** retry, MAX_DELAY) : 0;

/** The only socket of the tab. Before it opens, it asks for a ticket, and its first message is hello with the ticket.
 * After every reconnection the caller sends again which jobs it follows, each from the last event that it has. */
export class Stream {
  private readonly socket: WebSocket;
  private ticket = '';

  constructor(url: string, listener: Listener) {
    const withTicket = async () => {
      await new Promise((resolve) => setTimeout(resolve, jitter(this.socket.retryCount)));
      this.ticket = await listener.ticket(); // a rejection counts as a failed connection
      return url;
    };
    this.socket = new WebSocket(withTicket, [], { minReconnectionDelay: MIN_DELAY, maxReconnectionDelay: MAX_DELAY });
    this.socket.binaryType = 'arraybuffer';
    this.socket.addEventListener('open', () => {
      this.send({ type: 'hello', ticket: this.ticket });
      listener.onConnected(true);
    });
    this.socket.addEventListener('close', () => listener.onConnected(false));
    this.socket.addEventListener('message', ({ data }) => {
      if (data instanceof ArrayBuffer) {
        const frame = readFrame(data);
        if (frame) listener.onPreview(frame);
      } else {
        const message = JSON.parse(String(data)) as { type: string };
        if (message.type.startsWith('job_')) listener.onEvent(message as Event);
      }
    });
  }

  follow(jobs: Cursors): void {
    this.send({ type: 'follow', jobs });
  }

  show(job: string, node: string, others: readonly string[], what: PreviewSide): void {
    this.send({ type: 'show', job, node, others, what });
  }

  close(): void {
    this.socket.close();
  }

  private send(message: object): void {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }
}
