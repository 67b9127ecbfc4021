// @vitest-environment jsdom
import { afterEach, expect, it, vi } from 'vitest';

afterEach(() => {
  document.head.replaceChildren();
  vi.resetModules();
});

it.each([
  ['https://example.org/', '/api/uploads/1', 'https://example.org/api/uploads/1'],
  ['https://example.org/inlay/', '/api/uploads/1', 'https://example.org/inlay/api/uploads/1'],
  ['https://example.org/inlay/', '/inlay/api/jobs/1', 'https://example.org/inlay/api/jobs/1'],
  ['https://example.org/inlay/index.html', '/api/jobs', 'https://example.org/inlay/api/jobs'],
])('finds, from the page %s, what the link %s means', async (page, link, address) => {
  const base = document.createElement('base');
  base.href = page;
  document.head.append(base);
  expect((await import('./server')).addressOf(link)).toBe(address);
});
