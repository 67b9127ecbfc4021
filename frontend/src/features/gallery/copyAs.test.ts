// @vitest-environment jsdom
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import type { Job } from '../../api/types';
import { EMPTY } from '../../document/draft';
import { toJob } from '../../document/job';
import { asCurl, asPython } from './copyAs';

const prompt = `a "desert", it's \\ night\n雪 $HOME`;
const draft = { ...EMPTY, kind: 'regions' as const, regions: { ...EMPTY.regions, prompt } };
const job = toJob(draft, { model: 'papercut' }) as Job;

it('quotes a job so that a shell passes it on unchanged', () => {
  const command = asCurl(job, 'http://studio/').replace('curl', 'printf "%s\\n"');
  const said = execFileSync('sh', ['-c', command], { encoding: 'utf8' });
  expect(said).toContain('http://studio/api/jobs');
  expect(JSON.parse(said.slice(said.indexOf('{')))).toEqual(job);
});

it('writes a job into Python as one line of JSON that reads back', () => {
  const line = asPython(job, 'http://studio/')
    .split('\n')
    .find((one) => one.startsWith('job = '));
  const literal = line?.slice('job = json.loads('.length, -1) ?? '';
  expect(JSON.parse(JSON.parse(literal))).toEqual(job);
});
