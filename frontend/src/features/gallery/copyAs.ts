import { SERVER } from '../../api/server';
import type { Job } from '../../api/types';
import { writeToClipboard } from '../../ui/clipboard';
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

const copy = async (text: string, what: string) =>
  toast((await writeToClipboard(text)) ? words.gallery.copiedAs(what) : words.gallery.noCopying);

export const copyAsCurl = (job: Job) => copy(asCurl(job, SERVER), 'curl');
export const copyAsPython = (job: Job) => copy(asPython(job, SERVER), 'Python');
