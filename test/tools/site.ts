// npm run site [-- FOLDER]: the documents as a static site. A link or an anchor that leads nowhere is an error.
import { join, resolve } from 'node:path';

import { siteOf, writeSite } from './site/site.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const folder = resolve(process.argv[2] ?? join(ROOT, 'test', 'artefacts', 'site'));

const site = siteOf(ROOT);
for (const fault of site.faults) console.error(fault);
if (site.faults.length > 0) process.exitCode = 1;
else {
  writeSite(site, ROOT, folder);
  console.log(`${site.pages.size} pages in ${folder}`);
}
