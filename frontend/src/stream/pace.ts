import type { Event } from '../api/types';
import type { PreviewFrame } from './frame';

const PAUSE = 100; // milliseconds in which the page can paint, and handle clicks and keys

interface Taker {
  takeEvents: (events: readonly Event[]) => void;
  takePreview: (frame: PreviewFrame) => void;
}

/** Gives the messages of the stream to the page in bundles with a pause between them, so that a fast run does not keep
 * the page busy. The first message after a pause is given at once. Of the previews of a bundle, the newest of each view
 * is given, after the events. */
export class Pace {
  private events: Event[] = [];
  private previews = new Map<string, PreviewFrame>();
  private pausing = false;
  private readonly taker: Taker;

  constructor(taker: Taker) {
    this.taker = taker;
  }

  /** Give an event now or with the next bundle. One that may not wait, such as the end of a job, is given at once, after
   * all messages that came before it. */
  event(event: Event, mayWait: boolean): void {
    if (!mayWait) {
      this.give();
      this.taker.takeEvents([event]);
      return;
    }
    this.events.push(event);
    this.soon();
  }

  preview(frame: PreviewFrame): void {
    this.previews.set(`${frame.job}/${frame.node}/${frame.what}`, frame);
    this.soon();
  }

  private soon(): void {
    if (this.pausing) return;
    this.pausing = true;
    this.give();
    setTimeout(() => this.resume(), PAUSE);
  }

  private resume(): void {
    this.pausing = false;
    if (this.events.length > 0 || this.previews.size > 0) this.soon();
  }

  private give(): void {
    const [events, previews] = [this.events, this.previews];
    this.events = [];
    this.previews = new Map();
    if (events.length > 0) this.taker.takeEvents(events);
    for (const frame of previews.values()) this.taker.takePreview(frame);
  }
}
