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

/** The only socket of the tab. After every reconnection it sends hello with a new ticket. The caller then sends again
 * which jobs it follows, each from the last event that it has. */
export class Stream {
  private readonly socket: WebSocket;

  constructor(url: string, listener: Listener) {
    this.socket = new WebSocket(url, [], { minReconnectionDelay: 500, maxReconnectionDelay: 8_000 });
    this.socket.binaryType = 'arraybuffer';
    this.socket.addEventListener('open', async () => {
      const ticket = await listener.ticket().catch(() => null);
      if (ticket === null) return; // the server closes a socket without hello, and the next one asks again
      this.send({ type: 'hello', ticket });
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
