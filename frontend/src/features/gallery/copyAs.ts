import { SERVER } from '../../api/server';
import type { Job } from '../../api/types';
import { toast } from '../../ui/toasts';

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

/** The job as a shell command. */
export const asCurl = (job: Job, server: string): string =>
  `curl -sS ${server}api/jobs \\\n  -H 'Content-Type: application/json' -H 'Prefer: wait=60' \\\n  -d ${quoted(JSON.stringify(job))}\n`;

/** The job as a Python program that needs only the standard library. */
export const asPython = (job: Job, server: string): string => `import json
import urllib.parse
import urllib.request

job = json.loads(${JSON.stringify(JSON.stringify(job))})
request = urllib.request.Request(
    "${server}api/jobs",
    data=json.dumps(job).encode(),
    headers={"Content-Type": "application/json", "Prefer": "wait=60"},
)
with urllib.request.urlopen(request) as answer:
    made = json.load(answer)
for output in made["outputs"]:
    urllib.request.urlretrieve(urllib.parse.urljoin("${server}", output["url"]), output["name"] + ".png")
print(made["state"], made["id"])
`;

import { words } from '../../words/words';

async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(words.gallery.copiedAs(what));
  } catch {
    toast(words.gallery.noCopying);
  }
}

export const copyAsCurl = (job: Job) => copy(asCurl(job, SERVER), 'curl');
export const copyAsPython = (job: Job) => copy(asPython(job, SERVER), 'Python');
